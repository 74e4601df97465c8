import type * as root from '@monocloud/backend-node';
import type * as express from '@monocloud/backend-node/express';
import type * as fastify from '@monocloud/backend-node/fastify';
import type * as mtls from '@monocloud/backend-node/mtls';
import type * as internal from '@monocloud/backend-node/internal';
import type * as utils from '@monocloud/backend-node/utils';
import type { Equal, Expect } from './equality.js';

type SharedNames =
  | 'MemoryIntrospectionCache'
  | 'MonoCloudAuthBaseError'
  | 'MonoCloudBackendNodeClient'
  | 'MonoCloudHttpError'
  | 'MonoCloudOPError'
  | 'MonoCloudOidcBackendClient'
  | 'MonoCloudTokenError'
  | 'MonoCloudValidationError';

type InternalNames =
  | 'arrayBufferToBase64'
  | 'arrayBufferToString'
  | 'decodeBase64Url'
  | 'encodeBase64'
  | 'encodeBase64Url'
  | 'ensureLeadingSlash'
  | 'findToken'
  | 'fromB64Url'
  | 'getBoolean'
  | 'getNumber'
  | 'getPublicSigKeyFromIssuerJwks'
  | 'hashTokenValue'
  | 'isAbsoluteUrl'
  | 'isJsonObject'
  | 'isPresent'
  | 'isSameHost'
  | 'now'
  | 'parseClientSecret'
  | 'parseSpaceSeparated'
  | 'parseSpaceSeparatedSet'
  | 'profileSync'
  | 'randomBytes'
  | 'removeTrailingSlash'
  | 'setsEqual'
  | 'sha256'
  | 'stringToArrayBuffer'
  | 'timingSafeEqual'
  | 'toB64Url'
  | 'validateTokenHash';

type UtilsNames =
  | 'decrypt'
  | 'decryptAuthState'
  | 'decryptSession'
  | 'encrypt'
  | 'encryptAuthState'
  | 'encryptSession'
  | 'generateNonce'
  | 'generatePKCE'
  | 'generateState'
  | 'isUserInGroup'
  | 'mergeArrays'
  | 'parseCallbackParams';

type MtlsNames =
  | 'clientCertAuth'
  | 'clientCertificateResolver'
  | 'getClientCertificate'
  | 'normalizePeerCertificate'
  | 'parseForwardedClientCert'
  | 'setClientCertificate';

export type Values = [
  Expect<Equal<Exclude<keyof typeof root, 'module.exports'>, SharedNames | 'UpgradeRefusal' | 'authenticateUpgrade'>>,
  Expect<Equal<Exclude<keyof typeof express, 'module.exports'>, SharedNames | 'clientCertAuth' | 'protectApi'>>,
  Expect<
    Equal<
      Exclude<keyof typeof fastify, 'module.exports'>,
      SharedNames | 'clientCertAuth' | 'clientCertificateAuth' | 'protectApi'
    >
  >,
  Expect<Equal<Exclude<keyof typeof mtls, 'module.exports'>, MtlsNames>>,
  Expect<Equal<Exclude<keyof typeof internal, 'module.exports'>, InternalNames>>,
  Expect<Equal<Exclude<keyof typeof utils, 'module.exports'>, UtilsNames>>,
];

/** Every door gives the very same classes, not look-alikes. */
export type Classes = [
  Expect<Equal<typeof express.MonoCloudBackendNodeClient, typeof root.MonoCloudBackendNodeClient>>,
  Expect<Equal<typeof fastify.MonoCloudOidcBackendClient, typeof root.MonoCloudOidcBackendClient>>,
  Expect<Equal<typeof express.MemoryIntrospectionCache, typeof root.MemoryIntrospectionCache>>,
  Expect<Equal<typeof express.MonoCloudTokenError, typeof root.MonoCloudTokenError>>,
  Expect<Equal<typeof fastify.MonoCloudHttpError, typeof express.MonoCloudHttpError>>,
];

type TypesOf = {
  claims: [root.AccessTokenClaims, express.AccessTokenClaims, fastify.AccessTokenClaims];
  binding: [
    root.CertificateBindingValidation,
    express.CertificateBindingValidation,
    fastify.CertificateBindingValidation,
  ];
  authentication: [root.ClientAuthMethod, express.ClientAuthMethod, fastify.ClientAuthMethod];
  certificateResolver: [
    root.ClientCertificateResolver<Request>,
    express.ClientCertificateResolver<Request>,
    fastify.ClientCertificateResolver<Request>,
  ];
  cache: [root.IIntrospectionCache, express.IIntrospectionCache, fastify.IIntrospectionCache];
  memoryCache: [
    root.MemoryIntrospectionCacheOptions,
    express.MemoryIntrospectionCacheOptions,
    fastify.MemoryIntrospectionCacheOptions,
  ];
  olderCache: [root.ICache, express.ICache, fastify.ICache];
  introspect: [root.IntrospectOptions, express.IntrospectOptions, fastify.IntrospectOptions];
  groups: [root.IsUserInGroupOptions, express.IsUserInGroupOptions, fastify.IsUserInGroupOptions];
  metadata: [root.IssuerMetadata, express.IssuerMetadata, fastify.IssuerMetadata];
  jwk: [root.Jwk, express.Jwk, fastify.Jwk];
  jwks: [root.Jwks, express.Jwks, fastify.Jwks];
  header: [root.JwsHeaderParameters, express.JwsHeaderParameters, fastify.JwsHeaderParameters];
  jwt: [root.JwtClaims, express.JwtClaims, fastify.JwtClaims];
  options: [
    root.MonoCloudBackendNodeClientOptions,
    express.MonoCloudBackendNodeClientOptions,
    fastify.MonoCloudBackendNodeClientOptions,
  ];
  baseOptions: [
    root.MonoCloudOidcBackendClientOptions,
    express.MonoCloudOidcBackendClientOptions,
    fastify.MonoCloudOidcBackendClientOptions,
  ];
  raw: [root.MonoCloudRawResponse, express.MonoCloudRawResponse, fastify.MonoCloudRawResponse];
  code: [root.MonoCloudTokenErrorCode, express.MonoCloudTokenErrorCode, fastify.MonoCloudTokenErrorCode];
  api: [
    root.ProtectApiRequestOptions<Request>,
    express.ProtectApiRequestOptions<Request>,
    fastify.ProtectApiRequestOptions<Request>,
  ];
  protect: [root.ProtectOptions, express.ProtectOptions, fastify.ProtectOptions];
  tokenResolver: [root.TokenResolver<Request>, express.TokenResolver<Request>, fastify.TokenResolver<Request>];
  validate: [root.ValidateAccessTokenOptions, express.ValidateAccessTokenOptions, fastify.ValidateAccessTokenOptions];
  validateJwt: [
    root.ValidateJwtAccessTokenOptions,
    express.ValidateJwtAccessTokenOptions,
    fastify.ValidateJwtAccessTokenOptions,
  ];
};

interface Request {
  id: number;
}

type Agree<T extends Record<string, [unknown, unknown, unknown]>> = {
  [Name in keyof T]: Equal<T[Name][0], T[Name][1]> extends true ? Equal<T[Name][0], T[Name][2]> : false;
}[keyof T];

export type Types = Expect<Agree<TypesOf>>;

export type Frameworks = [
  express.AuthenticatedExpressRequest,
  express.ProtectMiddleware,
  fastify.AuthenticatedFastifyRequest,
  fastify.ProtectHook,
  root.MtlsEndpointAliases,
];

// @ts-expect-error only the main entry has it
export type OfExpress = express.MtlsEndpointAliases;
// @ts-expect-error only the main entry has it
export type OfFastify = fastify.MtlsEndpointAliases;
// @ts-expect-error another framework's
export type NotFastify = express.AuthenticatedFastifyRequest;
// @ts-expect-error another framework's
export type NotExpress = fastify.AuthenticatedExpressRequest;
// @ts-expect-error the base class is not for users
export type Base = root.MonoCloudOidcClientBase;
