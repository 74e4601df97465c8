export { RedisIntrospectionCache } from './introspection-cache';
export type { RedisIntrospectionCacheOptions, RevokeOptions } from './introspection-cache';
export type { BreakerOptions } from './breaker';
export type { IoRedisClient, NodeRedisClient, RedisClient } from './client';
