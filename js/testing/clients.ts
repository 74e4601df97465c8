import type { ClientAuthMethod } from '../types';

/** How a client proves who it is (RFC 6749 section 2.3, RFC 7523, RFC 8705, and SPIFFE identities). */
export type TestClientMethod = ClientAuthMethod;

export const CLIENT_METHODS: readonly TestClientMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'spiffe_x509',
  'spiffe_jwt',
];

export const CERTIFICATE_METHODS: readonly TestClientMethod[] = [
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'spiffe_x509',
];

/** An application that may call the introspection and token endpoints. */
export interface TestClient {
  clientId: string;
  /** The method it must use, or several it may choose from. */
  method: TestClientMethod | TestClientMethod[];
  /** For the client_secret methods. */
  clientSecret?: string;
  /** Public JWK for private_key_jwt; a symmetric one (kty oct) in place of the secret for client_secret_jwt. */
  jwk?: Record<string, unknown>;
  /**
   * PEM certificate for the methods that use mutual TLS. tls_client_auth accepts every certificate of the tenant's
   * authority with the same subject, the others this very certificate.
   */
  certificate?: string;
  /** The JWT-SVID expected as client_assertion with spiffe_jwt. */
  assertion?: string;
  /** The token endpoint gives it opaque access tokens. Default: false. */
  opaqueTokens?: boolean;
}

/** Why a client was refused; answered as `invalid_client` (RFC 6749 section 5.2). */
export class InvalidClient extends Error {}

export function methodsOf(client: TestClient): TestClientMethod[] {
  return Array.isArray(client.method) ? client.method : [client.method];
}
