import { cacheChannel } from '../diagnostics';
import { MonoCloudValidationError } from '../errors';
import type { IIntrospectionCache, JwtClaims } from '../types';
import { RedisAccess } from './access';
import type { BreakerOptions } from './breaker';
import { commandsOf, type RedisClient } from './client';
import { type EntryFormat, openFormat, REVOCATION, sealedFormat } from './entry';

export interface RedisIntrospectionCacheOptions {
  /**
   * A client of `redis` 4 or 5, or of `ioredis` 5: the application's own, which connects and closes it. Clusters too.
   */
  client: RedisClient;
  /** What the names of all entries start with. Default `monocloud:introspection:`. */
  prefix?: string;
  /** At least 32 bytes, the same for the whole fleet. Names become HMACs, so that nobody can look up a token's. */
  secret?: string | Uint8Array;
  /** Encrypt what is stored, with AES-256-GCM. Needs `secret`. Default false. */
  encrypt?: boolean;
  /** Milliseconds that Redis may cost a request. Default 50. */
  timeout?: number;
  breaker?: BreakerOptions;
}

export interface RevokeOptions {
  /** Seconds that the revocation is kept: at least what the token has left to live. Default 86,400. */
  ttl?: number;
}

/**
 * Introspection results that a whole fleet shares in Redis, or in Valkey, which speaks the same protocol. Whatever
 * Redis does, requests are answered: what fails is a miss, and is told on the diagnostics channel
 * `monocloud:backend:cache` as `{operation, error}`.
 */
export class RedisIntrospectionCache implements IIntrospectionCache {
  readonly #access: RedisAccess;
  readonly #format: EntryFormat;

  /** @throws MonoCloudValidationError when an option is wrong. */
  constructor(options: RedisIntrospectionCacheOptions) {
    const { client, prefix = 'monocloud:introspection:', secret, encrypt = false, timeout = 50, breaker } = options;
    if (typeof prefix !== 'string') {
      throw new MonoCloudValidationError('"prefix" must be a string');
    }
    checkPositive('timeout', timeout);
    for (const [name, value] of Object.entries(breaker ?? {})) {
      checkPositive(`breaker.${name}`, value);
    }
    this.#access = new RedisAccess(commandsOf(client), timeout, breaker);
    this.#format = formatOf(prefix, secretBytes(secret), encrypt);
  }

  /** Undefined for entries that are not there, have expired or cannot be read, and when Redis is of no help. */
  async get(token: string): Promise<JwtClaims | undefined> {
    const name = this.#format.nameOf(token);
    const reply = await this.#attempt('get', () => this.#access.run((commands) => commands.get(name)));
    if (typeof reply !== 'string' && !Buffer.isBuffer(reply)) {
      return undefined;
    }
    const entry = this.#format.read(name, reply.toString());
    return entry && entry.expiresAt * 1000 > Date.now() ? entry.claims : undefined;
  }

  /** `expiresAt` in seconds since the epoch. A revoked token stays revoked. Resolves even when Redis fails. */
  async set(token: string, claims: JwtClaims, expiresAt: number): Promise<void> {
    const lifetime = millisecondsUntil(expiresAt);
    if (!(lifetime > 0)) {
      return;
    }
    const name = this.#format.nameOf(token);
    await this.#attempt('set', async () => {
      const text = this.#format.write(name, { claims, expiresAt });
      await this.#access.run(({ evaluate }) => evaluate(SET_UNLESS_REVOKED, name, text, String(lifetime), REVOCATION));
    });
  }

  /** Forgets the claims of a token. A revoked token stays revoked. Resolves even when Redis fails. */
  async delete(token: string): Promise<void> {
    const name = this.#format.nameOf(token);
    await this.#attempt('delete', () =>
      this.#access.run(({ evaluate }) => evaluate(DELETE_UNLESS_REVOKED, name, REVOCATION)),
    );
  }

  /**
   * Makes the whole fleet refuse a token that is introspected (opaque, or any with `introspectJwtTokens`): from now on
   * `get` answers `{active: false}`, and `set` and `delete` leave that alone. Revoking again replaces the `ttl`. It lasts
   * no longer than Redis keeps its data, and without Redis the tenant decides: revoke there as well.
   *
   * @throws Error when Redis did not confirm it; MonoCloudValidationError when `ttl` is not a positive number.
   */
  async revoke(token: string, { ttl = 86_400 }: RevokeOptions = {}): Promise<void> {
    checkPositive('ttl', ttl);
    const expiresAt = Math.ceil(Date.now() / 1000 + ttl);
    const lifetime = millisecondsUntil(expiresAt);
    const name = this.#format.nameOf(token);
    const claims = { active: false, exp: expiresAt };
    const text = this.#format.write(name, { claims, expiresAt, isRevocation: true });
    try {
      await this.#access.run(({ evaluate }) => evaluate(SET, name, text, String(lifetime)));
    } catch (error) {
      cacheChannel.publish({ operation: 'revoke', result: 'error', error });
      throw new Error(`The revocation did not reach Redis: ${(error as Error).message}`, { cause: error });
    }
  }

  async #attempt<T>(operation: 'get' | 'set' | 'delete', work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      cacheChannel.publish({ operation, result: 'error', error });
      return undefined;
    }
  }
}

/** Scripts are atomic: no claims can slip in behind a revocation, not even those of a command that was held up. */
const UNLESS_REVOKED = (marker: string) => `
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #${marker}) == ${marker} then return 0 end`;

const SET = `redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1`;

const SET_UNLESS_REVOKED = `${UNLESS_REVOKED('ARGV[3]')} ${SET}`;

const DELETE_UNLESS_REVOKED = `${UNLESS_REVOKED('ARGV[1]')} return redis.call('DEL', KEYS[1])`;

/** RFC 2104 section 3: shorter keys than the hash's output weaken the HMAC. */
const SHORTEST_SECRET = 32;

function formatOf(prefix: string, secret: Uint8Array | undefined, encrypt: boolean): EntryFormat {
  if (!encrypt) {
    return openFormat(prefix, secret);
  }
  if (!secret) {
    throw new MonoCloudValidationError('"encrypt" needs "secret"');
  }
  return sealedFormat(prefix, secret);
}

function secretBytes(secret: string | Uint8Array | undefined): Uint8Array | undefined {
  if (secret === undefined) {
    return undefined;
  }
  const isBytes = typeof secret === 'string' || secret instanceof Uint8Array;
  // A copy: what the application does with its own bytes later is its own affair.
  const bytes = isBytes ? Buffer.from(secret as string) : Buffer.alloc(0);
  if (bytes.length < SHORTEST_SECRET) {
    throw new MonoCloudValidationError(`"secret" must have at least ${SHORTEST_SECRET} bytes`);
  }
  return bytes;
}

function checkPositive(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0 && Number.isFinite(value))) {
    throw new MonoCloudValidationError(`"${name}" must be a positive number`);
  }
}

/** For PX, which takes whole and positive milliseconds; NaN when `expiresAt` is not finite. */
function millisecondsUntil(expiresAt: number): number {
  const lifetime = Math.ceil(expiresAt * 1000 - Date.now());
  return Number.isFinite(lifetime) ? Math.min(lifetime, Number.MAX_SAFE_INTEGER) : Number.NaN;
}
