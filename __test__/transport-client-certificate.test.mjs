import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import https from 'node:https';
import { createRequire } from 'node:module';
import { afterEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  MonoCloudBackendNodeClient,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudValidationError,
} from '@monocloud/backend-node';
import { filesOf } from './support/secure-front.mjs';
import { answerOf } from './support/transports.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const METHODS = ['tls_client_auth', 'self_signed_tls_client_auth', 'spiffe_x509'];
const VARIABLES = {
  certificate: 'MONOCLOUD_BACKEND_CLIENT_CERTIFICATE',
  key: 'MONOCLOUD_BACKEND_CLIENT_KEY',
  trust: 'NODE_EXTRA_CA_CERTS',
};
const INTERNAL = [500, undefined, 'internal server error'];

afterEach(() => {
  for (const name of Object.values(VARIABLES)) {
    delete process.env[name];
  }
});

/** A tenant with a mutual TLS listener that this process trusts, and one client of it. */
async function setUp(t, { method = 'tls_client_auth', ...options } = {}) {
  const tenant = await createTestTenant({ mutualTls: true, ...options });
  t.after(() => tenant.close());
  const own =
    method === 'self_signed_tls_client_auth'
      ? await tenant.selfSignedCertificate({ commonName: 'api' })
      : await tenant.certificate({ commonName: 'api', uris: ['spiffe://example.com/api'] });
  tenant.registerClient({ clientId: 'api', method, certificate: own.certificate });
  const { ca } = await filesOf(t, { ca: tenant.ca });
  process.env[VARIABLES.trust] = ca;
  const { tenantDomain, audience } = tenant.clientOptions;
  const base = { tenantDomain, audience, clientId: 'api', clientAuthMethod: method };
  return { tenant, own, base, token: await tenant.issue({ opaque: true }) };
}

function introspections({ requests }) {
  return requests.filter(({ endpoint }) => endpoint === 'introspection');
}

for (const method of METHODS) {
  describe(method, () => {
    async function introspects(t, given) {
      const { tenant, own, base, token } = await setUp(t, { method });
      const client = new MonoCloudBackendNodeClient({ ...base, ...(await given(own)) });
      assert.equal((await client.validateAccessToken(token)).sub, 'test-user');
      const [request, ...others] = introspections(tenant);
      assert.deepEqual(others, []);
      assert.equal(request.clientCertificate.trim(), own.certificate.trim());
      assert.equal(request.headers.authorization, undefined);
      assert.equal(request.body, `token=${token}&token_type_hint=access_token&client_id=api`);
    }

    test('certificate and key as PEM', (t) =>
      introspects(t, ({ certificate, key }) => ({ clientCertificate: certificate, clientKey: key })));

    test('certificate and key as paths', (t) =>
      introspects(t, async (own) => {
        const { certificate, key } = await filesOf(t, own);
        return { clientCertificate: certificate, clientKey: key };
      }));

    test('certificate and key from the environment, PEM and path', (t) =>
      introspects(t, async (own) => {
        process.env[VARIABLES.certificate] = own.certificate;
        process.env[VARIABLES.key] = (await filesOf(t, own)).key;
        return {};
      }));

    test('a fetcher that brings the certificate itself', async (t) => {
      const { tenant, own, base, token } = await setUp(t, { method });
      const agent = new https.Agent({ cert: own.certificate, key: own.key, ca: tenant.ca });
      const fetcher = (url, init) => (url.startsWith('https:') ? postThrough(agent, url, init) : fetch(url, init));
      const client = new MonoCloudBackendNodeClient({ ...base, fetcher });
      assert.equal((await client.validateAccessToken(token)).sub, 'test-user');
      assert.equal(introspections(tenant)[0].clientCertificate.trim(), own.certificate.trim());
      agent.destroy();
    });

    test('another certificate, or none, is refused by the tenant, which is not the fault of the token', async (t) => {
      const { tenant, base, token } = await setUp(t, { method });
      const { certificate, key } = await tenant.selfSignedCertificate({ commonName: 'other' });
      for (const options of [{ clientCertificate: certificate, clientKey: key }, {}]) {
        const client = new MonoCloudBackendNodeClient({ ...base, ...options });
        await assert.rejects(client.validateAccessToken(token), (error) => {
          assert.ok(error instanceof MonoCloudOPError, String(error));
          return error.error === 'invalid_client';
        });
        assert.deepEqual(await answerOf(client, token), INTERNAL);
      }
    });

    test('the messages for missing endpoints', async (t) => {
      const { tenant, own, base, token } = await setUp(t, { method });
      const certified = { ...base, clientCertificate: own.certificate, clientKey: own.key };
      const inStore = new MonoCloudBackendNodeClient({ ...certified, trustStoreId: 'store' });
      await assert.rejects(inStore.validateAccessToken(token), {
        constructor: MonoCloudValidationError,
        message:
          "mTLS introspection_endpoint is required but not available for trust store 'store' in the issuer metadata",
      });
      assert.deepEqual(await answerOf(inStore, token), INTERNAL);
      const metadata = { issuer: tenant.issuer, introspection_endpoint: `${tenant.issuer}/introspect` };
      const plain = new MonoCloudBackendNodeClient({ ...certified, metadataResolver: async () => metadata });
      await assert.rejects(plain.validateAccessToken(token), {
        constructor: MonoCloudValidationError,
        message: 'mTLS introspection_endpoint is required but not available in the issuer metadata',
      });
      assert.deepEqual(introspections(tenant), []);
    });
  });
}

async function postThrough(agent, url, { method, headers, body }) {
  const answer = await new Promise((resolve, reject) => {
    https.request(url, { agent, method, headers }, resolve).on('error', reject).end(body);
  });
  return { status: answer.statusCode, text: async () => (await answer.toArray()).join('') };
}

test('trustStoreId chooses the aliases of that trust store', async (t) => {
  const { tenant, own, base, token } = await setUp(t, { trustStoreId: 'store 1' });
  const options = { ...base, clientCertificate: own.certificate, clientKey: own.key };
  const paths = [];
  for (const trustStoreId of ['store 1', undefined]) {
    const client = new MonoCloudBackendNodeClient({ ...options, trustStoreId });
    await client.validateAccessToken(token);
    paths.push(introspections(tenant).at(-1).path);
  }
  assert.deepEqual(paths, ['/trust-stores/store%201/introspect', '/introspect']);
});

test('the certificate is shown to no endpoint but the one that authenticates by it', async (t) => {
  const { tenant, own, base, token } = await setUp(t);
  const metadata = await (await fetch(`${tenant.issuer}/.well-known/openid-configuration`)).json();
  const secure = { ...metadata, jwks_uri: `${tenant.mutualTlsUrl}/jwks` };
  const options = { ...base, clientCertificate: own.certificate, clientKey: own.key };
  const client = new MonoCloudBackendNodeClient({ ...options, metadataResolver: async () => secure });
  await client.validateAccessToken(await tenant.issue());
  await client.validateAccessToken(token);
  const shown = tenant.requests
    .slice(1)
    .map(({ endpoint, clientCertificate }) => [endpoint, Boolean(clientCertificate)]);
  assert.deepEqual(shown, [
    ['jwks', false],
    ['introspection', true],
  ]);
});

test('the server of the mutual TLS endpoint must be trusted too', async (t) => {
  const { own, base, token } = await setUp(t);
  delete process.env[VARIABLES.trust];
  const client = new MonoCloudBackendNodeClient({ ...base, clientCertificate: own.certificate, clientKey: own.key });
  await assert.rejects(client.validateAccessToken(token), (error) => {
    assert.ok(error instanceof MonoCloudHttpError);
    return error.status === undefined && error.cause.code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
  });
});

describe('what does not fit fails at construction', () => {
  const { privateKey: encrypted } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  });
  const rows = [
    [
      "another certificate's key",
      ({ other }) => ({ clientKey: other.key }),
      '"clientKey" does not belong to the first certificate of "clientCertificate"',
    ],
    ['an encrypted key', () => ({ clientKey: encrypted }), '"clientKey" is encrypted: supply the decrypted key'],
    [
      'a certificate for a key',
      ({ own }) => ({ clientKey: own.certificate }),
      /^"clientKey" must hold a PEM private key/,
    ],
    [
      'a key for a certificate',
      ({ own }) => ({ clientCertificate: own.key }),
      /^"clientCertificate" must hold at least one PEM certificate/,
    ],
    [
      'a path that leads nowhere',
      () => ({ clientKey: '/nonexistent/key.pem' }),
      /^"clientKey" must be PEM text or the path of a readable PEM file: /,
    ],
    [
      'a certificate alone',
      () => ({ clientKey: undefined }),
      '"clientCertificate" and "clientKey" must be given together',
    ],
    [
      'a key alone',
      () => ({ clientCertificate: undefined }),
      '"clientCertificate" and "clientKey" must be given together',
    ],
    ['an empty key', () => ({ clientKey: '' }), '"clientKey" is not allowed to be empty'],
  ];
  for (const [name, wrong, message] of rows) {
    test(name, async (t) => {
      const { tenant, own, base } = await setUp(t);
      const other = await tenant.certificate();
      const options = { ...base, clientCertificate: own.certificate, clientKey: own.key, ...wrong({ own, other }) };
      assert.throws(() => new MonoCloudBackendNodeClient(options), { constructor: MonoCloudValidationError, message });
    });
  }
});

test('the key shows up in no view of the client', async (t) => {
  const { own, base } = await setUp(t);
  const client = new MonoCloudBackendNodeClient({ ...base, clientCertificate: own.certificate, clientKey: own.key });
  const line = own.key.split('\n')[1];
  assert.ok(!inspect(client, { depth: 9, showHidden: true }).includes(line));
  assert.ok(!JSON.stringify(client).includes(line));
});
