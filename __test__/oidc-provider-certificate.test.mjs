import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { startOidcProvider } from './support/oidc-provider.mjs';
import { closeAgents, createClient, TRANSPORT_NAMES } from './support/oidc-transports.mjs';
import { FRAMEWORK_NAMES, startTlsApi } from './support/tls-api.mjs';

const ADMITTED = [200, undefined];
const INVALID_TOKEN = [401, 'Bearer error="invalid_token"'];

const ROUTES = {
  '/orders': {},
  '/bound': { validateCertificateBinding: true },
  '/unchecked': { validateCertificateBinding: 'dangerously_ignore' },
};

const provider = await startOidcProvider();
const { application, stranger, api: apiIdentity } = provider.credentials;
const FORMATS = { JWT: '/jwt/ES256', opaque: '/opaque' };
after(() => Promise.all([closeAgents(), provider.close()]));

const ROWS = [
  { name: 'a bound token with its certificate', bound: true, identity: application, answer: ADMITTED },
  { name: 'a bound token with another certificate', bound: true, identity: stranger, answer: INVALID_TOKEN },
  { name: 'a bound token without a certificate', bound: true, answer: INVALID_TOKEN },
  { name: 'an unbound token without a certificate', answer: ADMITTED },
  { name: 'an unbound token with a certificate', identity: stranger, answer: ADMITTED },
  {
    name: 'a bound token with its certificate where binding is required',
    path: '/bound',
    bound: true,
    identity: application,
    answer: ADMITTED,
  },
  {
    name: 'a bound token with another certificate where binding is required',
    path: '/bound',
    bound: true,
    identity: stranger,
    answer: INVALID_TOKEN,
  },
  {
    name: 'an unbound token where binding is required',
    path: '/bound',
    identity: application,
    answer: INVALID_TOKEN,
  },
  {
    name: 'a bound token with another certificate where binding is ignored',
    path: '/unchecked',
    bound: true,
    identity: stranger,
    answer: ADMITTED,
  },
];

for (const framework of FRAMEWORK_NAMES) {
  for (const transport of TRANSPORT_NAMES) {
    describe(`certificate-bound tokens of oidc-provider: ${framework}, ${transport} transport`, () => {
      let api;
      before(async () => {
        const client = introspectingClient(transport);
        const routes = Object.entries(ROUTES).map(([path, options]) => [path, { client, ...options }]);
        api = await startTlsApi(framework, provider.authority, Object.fromEntries(routes));
      });
      after(() => api.close());

      for (const [format, issuedPath] of Object.entries(FORMATS)) {
        for (const { name, path = '/orders', bound, identity, answer } of ROWS) {
          it(`${answer === ADMITTED ? 'admits' : 'refuses'} ${name} (${format})`, async () => {
            const token = await provider.issue({ path: issuedPath, identity: bound ? application : undefined });
            const { status, challenge, body } = await api.call(path, { token, identity });
            assert.deepEqual([status, challenge], answer);
            if (answer === ADMITTED) assert.equal(typeof body.cnf?.['x5t#S256'], bound ? 'string' : 'undefined');
            else assert.deepEqual(body, { message: 'unauthorized' });
          });
        }
      }
    });
  }
}

for (const transport of TRANSPORT_NAMES) {
  describe(`the certificate given to the client: ${transport} transport`, () => {
    for (const [format, path] of Object.entries(FORMATS)) {
      it(`PEM and base64 are one certificate, and another is refused (${format})`, async () => {
        const client = introspectingClient(transport);
        const token = await provider.issue({ path, identity: application });
        const base64 = application.certificate.replaceAll(/-----.+-----|\s/g, '');
        for (const clientCertificate of [application.certificate, base64]) {
          const { client_id: applicationId } = await client.validateAccessToken(token, { clientCertificate });
          assert.equal(applicationId, 'bound-orders-app');
        }
        const other = client.validateAccessToken(token, { clientCertificate: stranger.certificate });
        await assert.rejects(other, (error) => {
          assert.ok(error instanceof MonoCloudTokenError);
          assert.equal(error.code, 'invalid_token');
          assert.match(error.message, /does not match the presented client certificate/);
          return true;
        });
        const none = client.validateAccessToken(token);
        await assert.rejects(none, { code: 'invalid_token', message: 'Client certificate is not present' });
      });
    }
  });
}

function introspectingClient(transport) {
  const authentication = { clientId: 'api-tls_client_auth', clientAuthMethod: 'tls_client_auth' };
  return createClient(transport, provider, { ...authentication, identity: apiIdentity });
}
