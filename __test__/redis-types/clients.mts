import { MonoCloudBackendNodeClient, type IIntrospectionCache } from '@monocloud/backend-node';
import { RedisIntrospectionCache, type RedisIntrospectionCacheOptions } from '@monocloud/backend-node/redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { createClient as createClient4, createCluster as createCluster4 } from 'redis4';

// Every client of the supported libraries is accepted without a cast.
export const options: RedisIntrospectionCacheOptions[] = [
  { client: createClient() },
  { client: createClient({ RESP: 3 }) },
  { client: createClientPool() },
  { client: createCluster({ rootNodes: [] }) },
  { client: createSentinel({ name: 'sentinel', sentinelRootNodes: [] }) },
  { client: createClient4() },
  { client: createCluster4({ rootNodes: [] }) },
  { client: new Redis() },
  { client: new Cluster([]) },
];

const client = new Redis();
export const cache: IIntrospectionCache = new RedisIntrospectionCache({
  client,
  prefix: 'api:',
  secret: new Uint8Array(32),
  encrypt: true,
  timeout: 20,
  breaker: { failures: 3, openFor: 500, openForAtMost: 10_000 },
});
export const backend = new MonoCloudBackendNodeClient({ cache });
export const revoked: Promise<void> = new RedisIntrospectionCache({ client }).revoke('token', { ttl: 60 });

// @ts-expect-error a Map is no client
export const ofMap = new RedisIntrospectionCache({ client: new Map<string, string>() });
// @ts-expect-error a client is needed
export const ofNothing = new RedisIntrospectionCache({});
// @ts-expect-error a secret is text or bytes
export const ofNumber = new RedisIntrospectionCache({ client, secret: 5 });
