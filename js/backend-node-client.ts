import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { drive } from './drive';
import { MonoCloudValidationError } from './errors';
import { memoryCacheOf, MemoryIntrospectionCache } from './memory-introspection-cache';
import { native, type NativeCore } from './native';
import { asText, compile, MonoCloudOidcBackendClient } from './oidc-backend-client';
import { drivenOf } from './oidc-client-base';
import { CORE } from './native-transport';
import { observeValidation } from './observation';
import { conclude, othersWait } from './offload';
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
    const { checks, certificate, thumbprint } = compile(this[CORE], options, true);
    const inFull = () => {
      const flow = this[CORE].startValidateAccessToken(
        asText(token),
        checks,
        certificate,
        thumbprint,
        settingsOf(this),
        nowInSeconds(),
      );
      return drive<AccessTokenClaims>(drivenOf(this), flow, { ...options, token });
    };
    return observeValidation('validateAccessToken', token, () => {
      const settings = settingsOf(this);
      if (settings.overrides === 0) {
        const verdict = this[CORE].validateAccessToken(
          asText(token),
          checks,
          certificate,
          thumbprint,
          settings,
          nowInSeconds(),
          othersWait(),
        );
        return conclude(verdict, inFull);
      }
      return inFull();
    });
  }

  /**
   * What this client has done so far, and what it holds. Counted since it was made; asks nobody.
   */
  stats(): ClientStats {
    const stats = JSON.parse(this[CORE].stats(settingsOf(this), nowInSeconds())) as ClientStats;
    if (this.cache instanceof MemoryIntrospectionCache) {
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

function resolve(options: Partial<MonoCloudBackendNodeClientOptions>): NativeCore {
  const environment = Object.entries(process.env).filter(([name]) => name.startsWith(ENVIRONMENT_PREFIX));
  try {
    return native.NativeCore.resolve(options, Object.fromEntries(environment) as Record<string, string>);
  } catch (error) {
    throw new MonoCloudValidationError((error as Error).message);
  }
}
