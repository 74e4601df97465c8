import { X509Certificate, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { createSigningKeys, publicJwk } from './oidc-keys.mjs';

const { createSelfSignedCertificate } = createRequire(import.meta.url)('../../dist/testing/index.js');

export const SCOPES = ['orders:read', 'orders:write'];

/** The applications that get access tokens. */
export const APPLICATIONS = { plain: 'orders-app', bound: 'bound-orders-app' };

const API_SUBJECT = 'orders-api';
const APPLICATION_SUBJECT = 'bound-orders-app';

/** Every secret, key and certificate that a client of the provider authenticates with. */
export async function createCredentials(authority) {
  // Letters and digits, which the form encoding of RFC 6749 section 2.3.1 leaves as they are.
  const clientSecret = randomBytes(32).toString('hex');
  const secretKeys = Object.fromEntries(
    ['HS256', 'HS384', 'HS512'].map((alg) => [
      alg,
      { kty: 'oct', alg, k: Buffer.from(clientSecret).toString('base64url') },
    ]),
  );
  return {
    clientSecret,
    secretKeys,
    privateKeys: await createSigningKeys(),
    api: authority.issueClient({ commonName: API_SUBJECT }),
    selfSignedApi: createSelfSignedCertificate({ commonName: API_SUBJECT }),
    /** From the right authority, for somebody else. */
    stranger: authority.issueClient({ commonName: 'stranger' }),
    application: authority.issueClient({ commonName: APPLICATION_SUBJECT }),
  };
}

/** The clients as the provider knows them: an application and an API for each way to authenticate. */
export function clientMetadata({ clientSecret, privateKeys, selfSignedApi }) {
  const secret = { client_secret: clientSecret };
  return [
    client(APPLICATIONS.plain, 'client_secret_post', { ...secret, scope: SCOPES.join(' ') }),
    client(APPLICATIONS.bound, 'tls_client_auth', {
      scope: SCOPES.join(' '),
      tls_client_auth_subject_dn: `CN=${APPLICATION_SUBJECT}`,
      tls_client_certificate_bound_access_tokens: true,
    }),
    client('api-client_secret_basic', 'client_secret_basic', secret),
    client('api-client_secret_post', 'client_secret_post', secret),
    client('api-client_secret_jwt', 'client_secret_jwt', secret),
    client('api-private_key_jwt', 'private_key_jwt', { jwks: { keys: privateKeys.map(publicJwk) } }),
    client('api-tls_client_auth', 'tls_client_auth', { tls_client_auth_subject_dn: `CN=${API_SUBJECT}` }),
    client('api-self_signed_tls_client_auth', 'self_signed_tls_client_auth', {
      jwks: { keys: [certificateJwk(selfSignedApi.certificate)] },
    }),
  ];
}

function client(id, method, metadata) {
  return {
    client_id: id,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    ...metadata,
  };
}

/** RFC 8705 section 2.2.2. */
function certificateJwk(pem) {
  const certificate = new X509Certificate(pem);
  return { ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] };
}
