import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { MonoCloudValidationError } from './errors';
import { native, type NativeCore, type NativeMemoryCache } from './native';
import { CORE, transportOf } from './native-transport';
import type { IIntrospectionCache, JwtClaims } from './types';

export interface MemoryIntrospectionCacheOptions {
  /** At least 1. Default 10,000. */
  maxEntries?: number;
  /** Of the claims as JSON, and 256 bytes for each entry; at least 1. Default 16 MiB (16,777,216). */
  maxBytes?: number;
  /**
   * Caches with the same name are one in the whole process, worker threads included. Whoever comes first sets its
   * bounds; it may be emptied while nobody uses it. Default: a cache of its own.
   */
  name?: string;
}

let heldIn: (cache: object) => NativeMemoryCache | undefined;

/**
 * Keeps introspection results in the memory of the process, outside the JavaScript heap. Entries are found by the
 * SHA-256 of their key, so that no token is in it, and end at their `expiresAt` by `Date.now()`. When it is full, what
 * is read most stays: unknown tokens, however many, do not push out those in use.
 */
export class MemoryIntrospectionCache implements IIntrospectionCache {
  readonly #held: () => NativeMemoryCache;

  static {
    heldIn = (cache) => (#held in cache ? cache.#held() : undefined);
  }

  /** @throws MonoCloudValidationError for the first option that is wrong. */
  constructor(options?: MemoryIntrospectionCacheOptions);
  /** @internal */
  constructor(held: () => NativeMemoryCache);
  constructor(options?: MemoryIntrospectionCacheOptions | (() => NativeMemoryCache)) {
    if (typeof options === 'function') {
      this.#held = options;
    } else {
      const cache = open(options ?? {});
      this.#held = () => cache;
    }
  }

  /**
   * `expiresAt` in seconds since the epoch; when that is over, the entry is forgotten.
   *
   * @throws MonoCloudValidationError when `key` is no string, `claims` no object, or `expiresAt` no number.
   */
  async set(key: string, claims: JwtClaims, expiresAt: number): Promise<void> {
    checkKey(key);
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
      throw new MonoCloudValidationError('"claims" must be of type object');
    }
    if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
      throw new MonoCloudValidationError('"expiresAt" must be a number');
    }
    // The members alone: the entry has its own expiry and needs none written into the claims.
    this.#held().set(key, JSON.stringify({ ...claims }), expiresAt, nowInSeconds());
  }

  /**
   * The claims, as an object that nobody else has; undefined when there are none or they have expired.
   *
   * @throws MonoCloudValidationError when `key` is no string.
   */
  async get(key: string): Promise<JwtClaims | undefined> {
    checkKey(key);
    const text = this.#held().get(key, nowInSeconds());
    return text === null ? undefined : (JSON.parse(text) as JwtClaims);
  }

  /** @throws MonoCloudValidationError when `key` is no string. */
  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#held().delete(key);
  }

  /** How many entries it holds. */
  get size(): number {
    return this.#held().size;
  }

  get maxEntries(): number {
    return this.#held().maxEntries;
  }

  get maxBytes(): number {
    return this.#held().maxBytes;
  }
}

/** The class's own. */
const { get } = MemoryIntrospectionCache.prototype;

/**
 * What the core may look into by itself: a cache of this class whose `get` is the class's own. What stands in for such a
 * cache, a proxy say, is asked by its methods.
 *
 * @internal
 */
export function heldBy(cache: unknown): NativeMemoryCache | undefined {
  return cache instanceof MemoryIntrospectionCache && cache.get === get ? heldIn(cache) : undefined;
}

/**
 * A cache of this class, and nothing that stands in for one.
 *
 * @internal
 */
export function isMemoryCache(cache: unknown): cache is MemoryIntrospectionCache {
  return cache instanceof MemoryIntrospectionCache && heldIn(cache) !== undefined;
}

/**
 * The cache of a client with `cache: 'memory'`. Clients that ask the same tenant in the same way with the same
 * credentials share one. While functions of the application or another clock take part in the answers, a client has its
 * own.
 *
 * @internal
 */
export function memoryCacheOf(client: { readonly [CORE]: NativeCore }): MemoryIntrospectionCache {
  const { clockSkew, clockTolerance } = client[CORE].config;
  let shared: NativeMemoryCache | undefined;
  let own: NativeMemoryCache | undefined;
  return new MemoryIntrospectionCache(() => {
    const settings = settingsOf(client);
    const configured = settings.clockSkew === clockSkew && settings.clockTolerance === clockTolerance;
    return settings.native && settings.overrides === 0 && configured
      ? (shared ??= native.NativeMemoryCache.shared(client[CORE], transportOf(client)))
      : (own ??= open({}));
  });
}

function open(options: MemoryIntrospectionCacheOptions): NativeMemoryCache {
  if (typeof options !== 'object') {
    throw new MonoCloudValidationError('"options" must be of type object');
  }
  try {
    return native.NativeMemoryCache.open(options);
  } catch (error) {
    throw new MonoCloudValidationError((error as Error).message);
  }
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string') {
    throw new MonoCloudValidationError('"key" must be a string');
  }
}
