/** A JSON Web Token's claims (RFC 7519 section 4). */
export interface JwtClaims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  /** Seconds since the epoch. */
  exp?: number;
  /** Seconds since the epoch. */
  nbf?: number;
  /** Seconds since the epoch. */
  iat?: number;
  jti?: string;
  [claim: string]: unknown;
}

/** An access token's claims (RFC 9068 section 2.2). */
export interface AccessTokenClaims extends JwtClaims {
  /** Space-separated scopes (RFC 6749 section 3.3). */
  scope?: string;
  client_id?: string;
  /** Confirmation (RFC 7800): `x5t#S256` binds the token to a client certificate (RFC 8705 section 3.1). */
  cnf?: Record<string, unknown> | string;
}

/** The JOSE header of a JWS (RFC 7515 section 4.1). */
export interface JwsHeaderParameters {
  alg?: string;
  kid?: string;
  typ?: string;
  [parameter: string]: unknown;
}

/** A JSON Web Key (RFC 7517 section 4). */
export interface Jwk {
  kty: string;
  kid?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
  crv?: string;
  n?: string;
  e?: string;
  x?: string;
  y?: string;
  x5c?: string[];
  x5t?: string;
  'x5t#S256'?: string;
  [member: string]: unknown;
}

/** A JSON Web Key Set (RFC 7517 section 5). */
export interface Jwks {
  keys: Jwk[];
}

/** Endpoints that authenticate the client by its TLS certificate (RFC 8705 section 5). */
export interface MtlsEndpointAliases {
  introspection_endpoint?: string;
  token_endpoint?: string;
  revocation_endpoint?: string;
  [endpoint: string]: string | undefined;
}

/** The metadata of an issuer (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2). */
export interface IssuerMetadata {
  issuer: string;
  jwks_uri?: string;
  introspection_endpoint?: string;
  mtls_endpoint_aliases?: MtlsEndpointAliases;
  /** By trust store. */
  mtls_additional_endpoint_aliases?: Record<string, MtlsEndpointAliases>;
  [member: string]: unknown;
}

/** How the client authenticates at the introspection endpoint (RFC 6749, RFC 7523, RFC 8705, SPIFFE). */
export type ClientAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'spiffe_jwt'
  | 'spiffe_x509';

/**
 * When the token must be bound to the presented client certificate (RFC 8705 section 3): always, whenever the token
 * says so, or never.
 */
export type CertificateBindingValidation = 'when_present' | 'required' | 'dangerously_ignore';

/** The `code` of a `MonoCloudTokenError`. */
export type MonoCloudTokenErrorCode = 'invalid_token' | 'insufficient_scope' | 'insufficient_groups' | 'inactive_token';

/** An HTTP response as errors carry it. Header names in lower case, without `set-cookie`. */
export interface MonoCloudRawResponse {
  status: number;
  statusText: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Where introspection results are kept. A cache that fails is a miss, never a refusal.
 */
export interface IIntrospectionCache {
  /** `expiresAt` in seconds since the epoch. */
  set(key: string, claims: JwtClaims, expiresAt: number): Promise<void>;
  get(key: string): Promise<JwtClaims | null | undefined>;
  delete(key: string): Promise<void>;
}

/** The name that older documentation uses. */
export type ICache = IIntrospectionCache;

/** Where the groups of a user are. */
export interface IsUserInGroupOptions {
  /** Name of the claim. Default `groups`. */
  groupsClaim?: string;
  /** All groups instead of any. Default false. */
  matchAll?: boolean;
}

/** Options of `MonoCloudOidcBackendClient`, which validates none of them. */
export interface MonoCloudOidcBackendClientOptions {
  clientId?: string;
  /** A secret, a JWK for `private_key_jwt` and `client_secret_jwt`, or the assertion of `spiffe_jwt`. */
  clientSecret?: string | Jwk;
  /** Default `client_secret_basic`. */
  clientAuthMethod?: ClientAuthMethod;
  groupOptions?: IsUserInGroupOptions;
  /** Seconds added to this clock. Default 0. */
  clockSkew?: number;
  /** Seconds granted on both ends of a token's life. Default 60. */
  clockTolerance?: number;
  /** Seconds; 0 fetches every time. Default 300. */
  jwksCacheDuration?: number;
  /** Seconds; 0 fetches every time. Default 300. */
  metadataCacheDuration?: number;
  /** Seconds past their expiry for which keys still serve while the tenant can't be reached; 0: never. Default 3,600. */
  jwksStaleDuration?: number;
  /** Seconds between two fetches that unknown keys may cause. Default 30. */
  jwksCooldownDuration?: number;
  /** Milliseconds from the request to the last byte of the answer. No limit by default. */
  responseTimeout?: number;
  /**
   * Where the signatures of JWTs are checked: on threads of their own when that pays, never there, or always there.
   * Outcomes are the same. Default `auto`.
   */
  signatureOffload?: 'auto' | 'never' | 'always';
  /** Which of the tenant's trust stores the mTLS endpoints belong to. */
  trustStoreId?: string;
  /** Replaces the native transport; called as `fetch` is. */
  fetcher?: typeof fetch;
  /** Replaces the discovery request. */
  metadataResolver?: () => Promise<IssuerMetadata>;
  /** Replaces the JWKS request. */
  jwksResolver?: () => Promise<Jwks>;
  /** PEM chain, or the path of one: what the native transport presents to mTLS endpoints. Needs `clientKey`. */
  clientCertificate?: string;
  /** PEM key of `clientCertificate`, or the path of one. */
  clientKey?: string;
}

/** Options of `MonoCloudBackendNodeClient`. Each can come from the environment instead: see the README's table. */
export interface MonoCloudBackendNodeClientOptions extends MonoCloudOidcBackendClientOptions {
  /** The tenant, with or without `https://`; `http://` only on loopback. Also the expected `iss`. */
  tenantDomain: string;
  /** The expected `aud`: a URI. */
  audience: string;
  /** Default `client_secret_post`. */
  clientAuthMethod?: ClientAuthMethod;
  /** Ask the tenant about JWTs too. Default false. */
  introspectJwtTokens?: boolean;
  /** Default `when_present`. */
  validateCertificateBinding?: CertificateBindingValidation;
  /** Milliseconds, at least 1,000. Default 10,000. */
  responseTimeout?: number;
  /** Seconds; 0 neither reads nor writes the cache. Default 300. */
  introspectionCacheDuration?: number;
  /**
   * Where introspection results are kept; `'memory'` is a `MemoryIntrospectionCache` with its default bounds, shared by
   * clients of the same tenant with the same options, in all threads of the process. Default: nowhere.
   */
  cache?: IIntrospectionCache | 'memory';
  /**
   * How many verified tokens are remembered, and the bytes that this may take, in all threads of the process: `false`
   * or 0 entries for none. A token that comes again is not verified again; its claims, times and rights are checked
   * anew. Default 10,000 and 16 MiB (16,777,216).
   */
  jwtCache?: { maxEntries?: number; maxBytes?: number } | false;
}

export interface ValidateAccessTokenOptions {
  /** All of them are required. */
  scopes?: string[];
  /** Any of them is required, or all with `groupOptions.matchAll`. */
  groups?: string[];
  /** PEM, or base64 of the DER. */
  clientCertificate?: string;
  /** `true` is `required`; a mode's name overrides the client's; `false` leaves the client's. */
  validateCertificateBinding?: boolean | CertificateBindingValidation;
}

export interface IntrospectOptions {
  scopes?: string[];
  groups?: string[];
  clientCertificate?: string;
  /** No check by default. */
  validateCertificateBinding?: CertificateBindingValidation;
}

export interface ValidateJwtAccessTokenOptions extends IntrospectOptions {
  /** Used instead of the tenant's keys. */
  jwks?: Jwks;
}

/** What a route asks for. */
export interface ProtectOptions {
  /** All of them are required. */
  scopes?: string[];
  /** Any of them is required, or all with `groupOptions.matchAll`. */
  groups?: string[];
  /** `true` is `required`; a mode's name overrides the client's; `false` leaves the client's. */
  validateCertificateBinding?: boolean | CertificateBindingValidation;
}

type Awaitable<T> = T | Promise<T>;

/** Finds the client's certificate (PEM or base64 DER); undefined or '' when there is none. */
export type ClientCertificateResolver<T> = (request: T) => Awaitable<string | undefined>;

/** Finds the token; undefined leaves it to the `Authorization` header, '' means that there is none. */
export type TokenResolver<T> = (request: T) => Awaitable<string | undefined>;

export interface ProtectApiRequestOptions<T> {
  certificateResolver?: ClientCertificateResolver<T>;
  tokenResolver?: TokenResolver<T>;
}
