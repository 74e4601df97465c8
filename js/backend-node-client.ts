import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { drive } from './drive';
import { MonoCloudValidationError } from './errors';
import { memoryCacheOf } from './memory-introspection-cache';
import { native, type NativeCore } from './native';
import { asText, claimsOf, compile, MonoCloudOidcBackendClient } from './oidc-backend-client';
import { drivenOf } from './oidc-client-base';
import { CORE } from './native-transport';
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
    const { checks, certificate } = compile(this[CORE], options, true);
    const settings = settingsOf(this);
    if (settings.overrides === 0) {
      const verdict = this[CORE].validateAccessToken(asText(token), checks, certificate, settings, nowInSeconds());
      if (verdict !== null) {
        return claimsOf(verdict);
      }
    }
    const flow = this[CORE].startValidateAccessToken(asText(token), checks, certificate, settings, nowInSeconds());
    return drive(drivenOf(this), flow, { ...options, token });
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
