import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPLICATIONS, clientMetadata, createCredentials, SCOPES } from './oidc-clients.mjs';
import { createSigningKey, createSigningKeys, SIGNATURE_ALGORITHMS } from './oidc-keys.mjs';
import { exchange } from './tls-exchange.mjs';

const { createCertificateAuthority } = createRequire(import.meta.url)('../../dist/testing/index.js');

/** The audience of the guarded API. The path of a resource indicator chooses the token: `/opaque` or `/jwt/<alg>`. */
export const AUDIENCE = 'https://api.example.com';
export const GROUPS = ['support', 'équipe'];
/** Seconds. */
export const TOKEN_LIFETIME = 600;

// oidc-provider parses URLs with a method that Node 20 doesn't have yet.
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);

const Provider = await loadProvider();

/**
 * An oidc-provider over HTTPS, by default with an authority of its own, on two listeners: only that of the mTLS endpoints asks for
 * a client certificate. The native transport trusts the authority through NODE_EXTRA_CA_CERTS; `fetch` doesn't, since
 * Node reads that variable only when it starts.
 */
export async function startOidcProvider(authority = createCertificateAuthority('Test authority')) {
  const tls = { cert: authority.issueServer(), ca: authority.certificate };
  const credentials = await createCredentials(authority);
  const failures = [];
  let keys = await createSigningKeys();
  let answer;
  const plain = await listen(tls, false, (...args) => answer(...args));
  const mutual = await listen(tls, true, (...args) => answer(...args));
  const issuer = plain.url;
  const adapter = createAdapter();
  const publish = () => {
    const provider = new Provider(issuer, configuration({ keys, adapter, credentials, mutualUrl: mutual.url }));
    provider.on('server_error', (_, error) => failures.push(error));
    answer = provider.callback();
  };
  publish();
  const forgetAuthority = trustNatively(authority.certificate);
  const post = async (url, client, form, identity) => {
    const { clientSecret } = credentials;
    const authentication = identity ? {} : { client_secret: clientSecret };
    const body = new URLSearchParams({ client_id: client, ...authentication, ...form }).toString();
    return exchange(url, { ca: authority.certificate, identity, method: 'POST', body });
  };
  return {
    issuer,
    authority,
    credentials,
    /** An access token by client credentials; with an identity it is bound to that certificate. */
    async issue({ path = '/jwt/ES256', audience = AUDIENCE, scope = 'orders:read', identity } = {}) {
      const form = { grant_type: 'client_credentials', resource: `${audience}${path}`, scope };
      const endpoint = `${identity ? mutual.url : issuer}/token`;
      const { status, body } = await post(endpoint, identity ? APPLICATIONS.bound : APPLICATIONS.plain, form, identity);
      if (status !== 200) throw new Error(`No token: ${status} ${JSON.stringify(body)}`);
      return body.access_token;
    },
    async revoke(token) {
      const { status } = await post(`${issuer}/token/revocation`, APPLICATIONS.plain, { token });
      if (status !== 200) throw new Error(`Not revoked: ${status}`);
    },
    /** Signs ES256 with a new key from now on; the former one stays published or goes. */
    async rotate({ keepFormer }) {
      const isFormer = ({ crv }) => crv === 'P-256';
      keys = [await createSigningKey('P-256'), ...keys.filter((key) => keepFormer || !isFormer(key))];
      publish();
    },
    async close() {
      forgetAuthority();
      await Promise.all([plain.close(), mutual.close()]);
      if (failures.length > 0) throw new AggregateError(failures, 'The authorization server failed');
    },
  };
}

function configuration({ keys, adapter, credentials, mutualUrl }) {
  return {
    adapter,
    jwks: { keys },
    scopes: SCOPES,
    clients: clientMetadata(credentials),
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_jwt',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'self_signed_tls_client_auth',
    ],
    enabledJWA: {
      clientAuthSigningAlgValues: [...SIGNATURE_ALGORITHMS, ...Object.keys(credentials.secretKeys)],
    },
    discovery: {
      mtls_endpoint_aliases: {
        token_endpoint: `${mutualUrl}/token`,
        introspection_endpoint: `${mutualUrl}/token/introspection`,
      },
    },
    extraTokenClaims: () => ({ groups: GROUPS }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: certificateOf,
        certificateAuthorized: ({ socket }) => socket.authorized,
        certificateSubjectMatches: (context, property, expected) =>
          property === 'tls_client_auth_subject_dn' && certificateOf(context).subject === expected,
      },
      resourceIndicators: { enabled: true, getResourceServerInfo: (_, resource) => resourceServer(resource) },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
    },
    ttl: { ClientCredentials: TOKEN_LIFETIME },
  };
}

function resourceServer(resource) {
  const { origin, pathname } = new URL(resource);
  const [accessTokenFormat, alg] = pathname.slice(1).split('/');
  return {
    audience: origin,
    scope: SCOPES.join(' '),
    accessTokenFormat,
    accessTokenTTL: TOKEN_LIFETIME,
    ...(alg && { jwt: { sign: { alg } } }),
  };
}

function certificateOf({ socket }) {
  return socket.getPeerX509Certificate?.();
}

/** What is issued outlives the instance that issued it, as with a real database. */
function createAdapter() {
  const records = new Map();
  return class Adapter {
    constructor(model) {
      this.key = (id) => `${model}:${id}`;
    }
    async upsert(id, record) {
      records.set(this.key(id), record);
    }
    async find(id) {
      return records.get(this.key(id));
    }
    async destroy(id) {
      records.delete(this.key(id));
    }
  };
}

async function listen({ cert, ca }, requestCert, handler) {
  const options = { cert: cert.certificate, key: cert.key, ca, requestCert, rejectUnauthorized: false };
  const server = https.createServer(options, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function trustNatively(certificate) {
  const directory = mkdtempSync(join(tmpdir(), 'test-authority-'));
  const file = join(directory, 'ca.pem');
  writeFileSync(file, certificate);
  process.env.NODE_EXTRA_CA_CERTS = file;
  return () => rmSync(directory, { recursive: true });
}

/** Its remark about the version of Node is the one that no configuration prevents. */
async function loadProvider() {
  const { warn } = console;
  console.warn = (...args) => {
    if (!String(args[0]).includes('Unsupported runtime')) warn(...args);
  };
  try {
    return (await import('oidc-provider')).default;
  } finally {
    console.warn = warn;
  }
}
