import { PresentedCertificate } from './certificate/presented';
import { type Asked, checksOf } from './checks';
import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { drive } from './drive';
import { throwIf } from './failure';
import { native, type NativeChecks, type NativeCore } from './native';
import { CORE } from './native-transport';
import { observeValidation } from './observation';
import { type ApplicationFunctions, drivenOf, MonoCloudOidcClientBase } from './oidc-client-base';
import { registerOwnMethods } from './overrides';
import { asText, type Compiled, validate } from './validation';
import type {
  AccessTokenClaims,
  CertificateBindingValidation,
  IntrospectOptions,
  MonoCloudOidcBackendClientOptions,
  ValidateJwtAccessTokenOptions,
} from './types';

/**
 * Validates access tokens: JWTs against the tenant's keys (RFC 9068 section 4), any token by introspection (RFC 7662).
 * Takes its arguments as they are; `MonoCloudBackendNodeClient` validates them.
 */
export class MonoCloudOidcBackendClient extends MonoCloudOidcClientBase {
  /** Seconds added to this clock. */
  protected clockSkew: number;
  /** Seconds granted on both ends of a token's life. */
  protected clockTolerance: number;

  constructor(tenantDomain: string, audience: string, options?: MonoCloudOidcBackendClientOptions);
  /** @internal */
  constructor(core: NativeCore, audience: string, options?: MonoCloudOidcBackendClientOptions);
  constructor(tenant: string | NativeCore, audience: string, options: MonoCloudOidcBackendClientOptions = {}) {
    const core =
      tenant instanceof native.NativeCore ? tenant : native.NativeCore.unchecked(String(tenant), audience, options);
    super(core, options as ApplicationFunctions);
    const config = core.config;
    this.clockSkew = config.clockSkew;
    this.clockTolerance = config.clockTolerance;
  }

  /**
   * Asks the tenant about a token (RFC 7662 section 2) and checks what it answers.
   *
   * @returns the answer without `active`.
   * @throws MonoCloudTokenError when the token is not active (`inactive_token`) or its claims are refused;
   * MonoCloudOPError when the tenant refuses this client; MonoCloudHttpError when it gives no answer;
   * MonoCloudValidationError without a `clientId`, a token, or an introspection endpoint.
   */
  async introspectAccessToken(token: string, options?: IntrospectOptions): Promise<AccessTokenClaims> {
    const { certificate, thumbprint, checks } = compile(this[CORE], options, false);
    return observeValidation('introspectAccessToken', token, () => {
      const flow = this[CORE].startIntrospect(
        asText(token),
        checks,
        certificate,
        thumbprint,
        settingsOf(this),
        nowInSeconds(),
      );
      return drive<AccessTokenClaims>(drivenOf(this), flow, { ...options, token });
    });
  }

  /**
   * Validates a JWT locally: signature (RFC 7515), claims (RFC 7519), scopes, groups and certificate binding.
   *
   * @returns the claims of the very bytes that were verified.
   * @throws MonoCloudTokenError when the token is refused; MonoCloudHttpError when the tenant's keys can't be had;
   * MonoCloudValidationError without a token or with a key set that is none.
   */
  async validateJwtAccessToken(token: string, options?: ValidateJwtAccessTokenOptions): Promise<AccessTokenClaims> {
    const compiled = compile(this[CORE], options, false);
    const jwks = options?.jwks;
    return observeValidation('validateJwtAccessToken', token, () => {
      if (jwks === undefined) {
        return validate(drivenOf(this), false, token, compiled, options);
      }
      const { certificate, thumbprint, checks } = compiled;
      const flow = this[CORE].startValidateJwt(
        asText(token),
        checks,
        certificate,
        thumbprint,
        asJson(jwks).text,
        settingsOf(this),
        nowInSeconds(),
      );
      return drive<AccessTokenClaims>(drivenOf(this), flow, { ...options, token });
    });
  }

  /** Moves this clock: seconds, added to `Date.now()`. */
  setClockSkew(clockSkew: number): void {
    this.clockSkew = clockSkew;
  }

  /** Seconds granted on both ends of a token's life. */
  setClockTolerance(clockTolerance: number): void {
    this.clockTolerance = clockTolerance;
  }

  /**
   * Issuer, subject, audience, expiration, not-before, scopes and groups, in that order.
   *
   * @throws MonoCloudTokenError for the first that does not hold; MonoCloudValidationError for claims that are no object
   * or have no JSON form.
   */
  protected validateAccessTokenClaims(claims: AccessTokenClaims, scopes?: string[], groups?: string[]): void {
    const { checks } = compile(this[CORE], { scopes, groups }, false);
    const { clockSkew, clockTolerance } = settingsOf(this);
    const { text, cause } = asJson(claims);
    throwIf(this[CORE].checkClaims(text, checks, clockSkew, clockTolerance, nowInSeconds()), cause);
  }

  /**
   * The certificate binding (RFC 8705 section 3). Without a mode nothing is checked.
   *
   * @throws MonoCloudTokenError when the certificate is missing, malformed or another one; MonoCloudValidationError for
   * claims that are no object or have no JSON form.
   */
  protected async validateCertificateBinding(
    claims: AccessTokenClaims,
    validateCertificateBinding?: CertificateBindingValidation,
    clientCertificate?: string,
  ): Promise<void> {
    const { certificate, checks } = compile(this[CORE], { validateCertificateBinding, clientCertificate }, false);
    const { text, cause } = asJson(claims);
    throwIf(this[CORE].checkBinding(text, checks, certificate), cause);
  }
}

/**
 * What a call asks for, compiled. `strict` refuses lists that are none and modes that do not exist.
 *
 * @internal
 */
export function compile(
  core: NativeCore,
  options: Asked & { clientCertificate?: unknown } = {},
  strict: boolean,
): Compiled {
  return presenting(checksOf(core, options ?? {}, strict), options?.clientCertificate);
}

/**
 * The checks of a call that presents this certificate, if it is one.
 *
 * @internal
 */
export function presenting(checks: NativeChecks, certificate: unknown): Compiled {
  if (PresentedCertificate.is(certificate)) {
    return { checks, thumbprint: certificate.thumbprint };
  }
  return { checks, certificate: typeof certificate === 'string' ? certificate : undefined };
}

/** What has no JSON form counts as null, which the core refuses as an object; `cause` says why. */
function asJson(value: unknown): { text: string; cause?: unknown } {
  try {
    return { text: JSON.stringify(value) ?? 'null' };
  } catch (cause) {
    return { text: 'null', cause };
  }
}

registerOwnMethods(MonoCloudOidcBackendClient.prototype, [
  'validateJwtAccessToken',
  'introspectAccessToken',
  'validateAccessTokenClaims',
  'validateCertificateBinding',
] as const);
