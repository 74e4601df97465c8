import type {
  AccessTokenClaims,
  CertificateBindingValidation,
  ClientAuthMethod,
  ClientCertificateResolver,
  ICache,
  IIntrospectionCache,
  IntrospectOptions,
  IssuerMetadata,
  Jwk,
  Jwks,
  JwsHeaderParameters,
  JwtClaims,
  MonoCloudBackendNodeClient,
  MonoCloudHttpError,
  MonoCloudOidcBackendClient,
  MonoCloudRawResponse,
  MonoCloudTokenError,
  MonoCloudTokenErrorCode,
  MtlsEndpointAliases,
  ProtectApiRequestOptions,
  ProtectOptions,
  TokenResolver,
  ValidateAccessTokenOptions,
  ValidateJwtAccessTokenOptions,
} from '@monocloud/backend-node';
import type { Equal, Expect } from './equality';

type Mode = 'when_present' | 'required' | 'dangerously_ignore';

interface Incoming {
  secret: string;
}

export type Unions = [
  Expect<Equal<CertificateBindingValidation, Mode>>,
  Expect<
    Equal<MonoCloudTokenErrorCode, 'invalid_token' | 'insufficient_scope' | 'insufficient_groups' | 'inactive_token'>
  >,
  Expect<
    Equal<
      ClientAuthMethod,
      | 'client_secret_basic'
      | 'client_secret_post'
      | 'client_secret_jwt'
      | 'private_key_jwt'
      | 'tls_client_auth'
      | 'self_signed_tls_client_auth'
      | 'spiffe_jwt'
      | 'spiffe_x509'
    >
  >,
];

export type Options = [
  Expect<Equal<IntrospectOptions['validateCertificateBinding'], Mode | undefined>>,
  Expect<Equal<ValidateAccessTokenOptions['validateCertificateBinding'], boolean | Mode | undefined>>,
  Expect<Equal<ProtectOptions['validateCertificateBinding'], boolean | Mode | undefined>>,
  Expect<Equal<keyof ProtectOptions, 'scopes' | 'groups' | 'validateCertificateBinding'>>,
  Expect<Equal<ValidateJwtAccessTokenOptions['jwks'], Jwks | undefined>>,
  Expect<Equal<ValidateAccessTokenOptions['scopes'], string[] | undefined>>,
  Expect<Equal<ProtectApiRequestOptions<Incoming>['tokenResolver'], TokenResolver<Incoming> | undefined>>,
  Expect<
    Equal<ProtectApiRequestOptions<Incoming>['certificateResolver'], ClientCertificateResolver<Incoming> | undefined>
  >,
  Expect<Equal<Parameters<TokenResolver<Incoming>>, [request: Incoming]>>,
  Expect<Equal<ReturnType<TokenResolver<Incoming>>, string | undefined | Promise<string | undefined>>>,
];

export type Documents = [
  Expect<Equal<AccessTokenClaims['exp'], number | undefined>>,
  Expect<Equal<AccessTokenClaims['scope'], string | undefined>>,
  Expect<Equal<JwtClaims['aud'], string | string[] | undefined>>,
  Expect<Equal<JwtClaims['anything'], unknown>>,
  Expect<Equal<JwsHeaderParameters['kid'], string | undefined>>,
  Expect<Equal<Jwk['kty'], string>>,
  Expect<Equal<Jwks['keys'], Jwk[]>>,
  Expect<Equal<IssuerMetadata['mtls_endpoint_aliases'], MtlsEndpointAliases | undefined>>,
  Expect<
    Equal<
      { [K in keyof MonoCloudRawResponse]: MonoCloudRawResponse[K] },
      { status: number; statusText: string; headers: Record<string, string>; body: string }
    >
  >,
];

export type Methods = [
  Expect<Equal<ICache, IIntrospectionCache>>,
  Expect<Equal<Parameters<IIntrospectionCache['set']>, [key: string, claims: JwtClaims, expiresAt: number]>>,
  Expect<Equal<ReturnType<IIntrospectionCache['get']>, Promise<JwtClaims | null | undefined>>>,
  Expect<Equal<ReturnType<IIntrospectionCache['delete']>, Promise<void>>>,
  Expect<
    Equal<
      MonoCloudBackendNodeClient['validateAccessToken'],
      (token: string, options?: ValidateAccessTokenOptions) => Promise<AccessTokenClaims>
    >
  >,
  Expect<
    Equal<
      MonoCloudOidcBackendClient['validateJwtAccessToken'],
      (token: string, options?: ValidateJwtAccessTokenOptions) => Promise<AccessTokenClaims>
    >
  >,
  Expect<
    Equal<
      MonoCloudOidcBackendClient['introspectAccessToken'],
      (token: string, options?: IntrospectOptions) => Promise<AccessTokenClaims>
    >
  >,
  Expect<Equal<MonoCloudOidcBackendClient['getJwks'], (forceRefresh?: boolean) => Promise<Jwks>>>,
  Expect<Equal<MonoCloudOidcBackendClient['getMetadata'], (forceRefresh?: boolean) => Promise<IssuerMetadata>>>,
  Expect<Equal<MonoCloudOidcBackendClient['setClockSkew'], (clockSkew: number) => void>>,
  Expect<Equal<ConstructorParameters<typeof MonoCloudOidcBackendClient>[0], string>>,
  Expect<Equal<MonoCloudTokenError['code'], MonoCloudTokenErrorCode>>,
  Expect<Equal<MonoCloudHttpError['status'], number | undefined>>,
  Expect<Equal<MonoCloudTokenError['raw'], MonoCloudRawResponse | undefined>>,
];
