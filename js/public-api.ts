export { MonoCloudBackendNodeClient } from './backend-node-client';
export type { CacheMessage, CertificateMessage, FetchMessage, RefuseMessage, ValidateMessage } from './diagnostics';
export {
  MonoCloudAuthBaseError,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from './errors';
export { MemoryIntrospectionCache, type MemoryIntrospectionCacheOptions } from './memory-introspection-cache';
export { MonoCloudOidcBackendClient } from './oidc-backend-client';
export type { ClientHealth, ClientStats, DocumentHealth, DocumentStats } from './status';
export type {
  AccessTokenClaims,
  CertificateBindingValidation,
  ClientAuthMethod,
  ClientCertificateResolver,
  ICache,
  IIntrospectionCache,
  IntrospectOptions,
  IssuerMetadata,
  IsUserInGroupOptions,
  Jwk,
  Jwks,
  JwsHeaderParameters,
  JwtClaims,
  MonoCloudBackendNodeClientOptions,
  MonoCloudOidcBackendClientOptions,
  MonoCloudRawResponse,
  MonoCloudTokenErrorCode,
  ProtectApiRequestOptions,
  ProtectOptions,
  TokenResolver,
  ValidateAccessTokenOptions,
  ValidateJwtAccessTokenOptions,
} from './types';
