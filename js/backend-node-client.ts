import { memoryOf } from './client-memory';
import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { drive } from './drive';
import { MonoCloudValidationError } from './errors';
import { isMemoryCache, memoryCacheOf } from './memory-introspection-cache';
import { native, type NativeCore } from './native';
import { compile, MonoCloudOidcBackendClient } from './oidc-backend-client';
import { drivenOf } from './oidc-client-base';
import { CORE } from './native-transport';
import { observeValidation } from './observation';
import { type Compiled, validate } from './validation';
import type { ClientHealth, ClientStats } from './status';
import type {
  AccessTokenClaims,
  IIntrospectionCache,
  MonoCloudBackendNodeClientOptions,
  ValidateAccessTokenOptions,
} from './types';

const ENVIRONMENT_PREFIX = 'MONOCLOUD_BACKEND_';

/**
 * The client of a protected API. Options come from the constructor, then from `MONOCLOUD_BACKEND_*`, then from their
 * defaults.
 *
 * @throws MonoCloudValidationError for the first option that is wrong; the message names it.
 */
export class MonoCloudBackendNodeClient extends MonoCloudOidcBackendClient {
  protected readonly cache?: IIntrospectionCache;

  constructor(options: Partial<MonoCloudBackendNodeClientOptions> = {}) {
    const given = options ?? {};
    const core = resolve(given);
    super(core, core.config.audience, given);
    this.cache = given.cache === 'memory' ? memoryCacheOf(this) : given.cache;
  }

  /**
   * Validates an access token: a JWT locally, any other by introspection, with the application's cache.
   *
   * @returns the claims; the caller may change them.
   * @throws MonoCloudTokenError when the token is refused; MonoCloudHttpError, MonoCloudOPError and
   * MonoCloudValidationError when it could not be judged.
   */
  async validateAccessToken(token: string, options?: ValidateAccessTokenOptions): Promise<AccessTokenClaims> {
    const compiled = compile(this[CORE], options, true);
    return validateObserved(this, token, compiled, options);
  }

  /**
   * What this client has done so far, and what it holds. Counted since it was made; asks nobody.
   */
  stats(): ClientStats {
    const memory = memoryOf(this[CORE]);
    this[CORE].countAccepted(memory.accepted);
    memory.accepted = 0;
    const stats = JSON.parse(this[CORE].stats(settingsOf(this), nowInSeconds())) as ClientStats;
    if (isMemoryCache(this.cache)) {
      stats.cache.entries = this.cache.size;
    }
    return stats;
  }

  /**
   * Gets the metadata and keys that validations will need, unless they are there. For start-up and readiness probes: while
   * the tenant is down it asks no more often than validations do.
   *
   * @throws what a validation would throw that could not get them: MonoCloudHttpError, with `retryAfter` once an attempt
   * has failed, or MonoCloudValidationError.
   */
  async ready(): Promise<void> {
    await drive(drivenOf(this), this[CORE].startReady(settingsOf(this), nowInSeconds()));
  }

  /**
   * How this client stands, from what it holds; asks nobody. `down` before the first keys have come: see `ready`.
   */
  health(): ClientHealth {
    return JSON.parse(this[CORE].health(settingsOf(this), nowInSeconds())) as ClientHealth;
  }
}

/**
 * What `validateAccessToken` does once it has compiled its options.
 *
 * @internal
 */
export function validateObserved(
  client: MonoCloudBackendNodeClient,
  token: string,
  compiled: Compiled,
  options?: ValidateAccessTokenOptions,
): AccessTokenClaims | Promise<AccessTokenClaims> {
  const driven = drivenOf(client);
  return observeValidation('validateAccessToken', token, () => validate(driven, true, token, compiled, options));
}

function resolve(options: Partial<MonoCloudBackendNodeClientOptions>): NativeCore {
  const environment = Object.entries(process.env).filter(([name]) => name.startsWith(ENVIRONMENT_PREFIX));
  try {
    return native.NativeCore.resolve(options, Object.fromEntries(environment) as Record<string, string>);
  } catch (error) {
    throw new MonoCloudValidationError((error as Error).message);
  }
}
