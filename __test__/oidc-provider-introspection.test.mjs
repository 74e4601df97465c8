import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { MonoCloudOPError } from '@monocloud/backend-node';
import { createSigningKey, keyFor, SIGNATURE_ALGORITHMS } from './support/oidc-keys.mjs';
import { AUDIENCE, GROUPS, startOidcProvider } from './support/oidc-provider.mjs';
import { closeAgents, createClient, requestsOf, TRANSPORT_NAMES } from './support/oidc-transports.mjs';
import { FRAMEWORK_NAMES, startTlsApi } from './support/tls-api.mjs';

const INVALID_TOKEN = [401, 'Bearer error="invalid_token"', { message: 'unauthorized' }];
const INSUFFICIENT_SCOPE = [403, 'Bearer error="insufficient_scope"', { message: 'forbidden' }];
const OUR_FAULT = [500, undefined, { message: 'internal server error' }];

const provider = await startOidcProvider();
const { clientSecret, secretKeys, privateKeys, api: identity, selfSignedApi, stranger } = provider.credentials;
const unregistered = await createSigningKey('P-256');
after(() => Promise.all([closeAgents(), provider.close()]));

/** Each method that the provider knows. */
const METHODS = [
  { name: 'client_secret_basic', ...by('client_secret_basic', clientSecret) },
  { name: 'client_secret_post', ...by('client_secret_post', clientSecret) },
  { name: 'client_secret_jwt', ...by('client_secret_jwt', clientSecret) },
  { name: 'private_key_jwt', ...by('private_key_jwt', { ...keyFor('ES256', privateKeys), alg: 'ES256' }) },
  { name: 'tls_client_auth', ...by('tls_client_auth'), identity },
  { name: 'self_signed_tls_client_auth', ...by('self_signed_tls_client_auth'), identity: selfSignedApi },
];

/** Each algorithm that an assertion can be signed with. */
const ASSERTIONS = [
  ...Object.entries(secretKeys).map(([alg, jwk]) => [alg, by('client_secret_jwt', jwk)]),
  ...SIGNATURE_ALGORITHMS.map((alg) => [alg, by('private_key_jwt', { ...keyFor(alg, privateKeys), alg })]),
];

/** What the provider refuses to authenticate, with its description. */
const REJECTIONS = [
  {
    name: 'client_secret_basic with a wrong secret',
    ...by('client_secret_basic', randomBytes(32).toString('hex')),
    error: 'invalid_client',
  },
  {
    name: 'client_secret_jwt with a wrong secret',
    ...by('client_secret_jwt', randomBytes(32).toString('hex')),
    error: 'invalid_client',
  },
  {
    name: 'private_key_jwt with an unregistered key',
    ...by('private_key_jwt', { ...unregistered, kid: undefined }),
    error: 'invalid_client',
  },
  { name: 'tls_client_auth without a certificate', ...by('tls_client_auth'), error: 'invalid_client' },
  {
    name: 'tls_client_auth with the certificate of another',
    ...by('tls_client_auth'),
    identity: stranger,
    error: 'invalid_client',
  },
  {
    name: 'self_signed_tls_client_auth with an unregistered certificate',
    ...by('self_signed_tls_client_auth'),
    identity: stranger,
    error: 'invalid_client',
  },
  {
    name: 'a JWT, which oidc-provider does not introspect',
    ...by('client_secret_post', clientSecret),
    introspectJwtTokens: true,
    issued: { path: '/jwt/ES256' },
    error: 'unsupported_token_type',
  },
];

const ROUTES = {
  '/orders/new': { scopes: ['orders:read', 'orders:write'] },
  '/support': { groups: ['équipe'] },
  '/administration': { groups: ['administrators'] },
};

const CHECKS = [
  { name: 'both required scopes', path: '/orders/new', issued: { scope: 'orders:read orders:write' } },
  { name: 'a group beyond ASCII', path: '/support' },
  { name: 'a missing scope', path: '/orders/new', answer: INSUFFICIENT_SCOPE },
  { name: 'a missing group', path: '/administration', answer: INSUFFICIENT_SCOPE },
  { name: 'another audience', issued: { audience: 'https://other.example.com' }, answer: INVALID_TOKEN },
  { name: 'a revoked token', alter: revoked, answer: INVALID_TOKEN },
  { name: 'an unknown token', alter: () => randomBytes(32).toString('base64url'), answer: INVALID_TOKEN },
];

for (const framework of FRAMEWORK_NAMES) {
  for (const transport of TRANSPORT_NAMES) {
    describe(`opaque access tokens of oidc-provider: ${framework}, ${transport} transport`, () => {
      let api;
      before(async () => {
        const client = createClient(transport, provider, by('client_secret_post', clientSecret));
        const checked = Object.entries(ROUTES).map(([path, options]) => [path, { client, ...options }]);
        const authenticated = [...METHODS, ...REJECTIONS].map(({ name, ...options }) => [
          pathOf(name),
          { client: createClient(transport, provider, options) },
        ]);
        api = await startTlsApi(framework, provider.authority, Object.fromEntries([...checked, ...authenticated]));
      });
      after(() => api.close());

      for (const { name } of METHODS) {
        it(`admits by ${name}`, async () => {
          const token = await provider.issue({ path: '/opaque' });
          const { status, body: claims } = await api.call(pathOf(name), { token });
          assert.equal(status, 200);
          const { iss, aud, scope, client_id: applicationId, groups } = claims;
          assert.deepEqual([iss, aud, scope, applicationId], [provider.issuer, AUDIENCE, 'orders:read', 'orders-app']);
          assert.deepEqual(groups, GROUPS);
          assert.ok(!('active' in claims));
        });
      }

      for (const { name, path = pathOf('client_secret_post'), issued, alter, answer } of CHECKS) {
        it(`${answer ? 'refuses' : 'admits'} ${name}`, async () => {
          const issuedToken = await provider.issue({ path: '/opaque', ...issued });
          const token = alter ? await alter(issuedToken) : issuedToken;
          const { status, challenge, body } = await api.call(path, { token });
          if (answer) assert.deepEqual([status, challenge, body], answer);
          else assert.equal(status, 200);
        });
      }

      for (const { name, issued } of REJECTIONS) {
        it(`does not blame the caller for ${name}`, async () => {
          const token = await provider.issue({ path: '/opaque', ...issued });
          const { status, challenge, body } = await api.call(pathOf(name), { token });
          assert.deepEqual([status, challenge, body], OUR_FAULT);
        });
      }
    });
  }
}

for (const transport of TRANSPORT_NAMES) {
  describe(`clients of oidc-provider: ${transport} transport`, () => {
    for (const [alg, options] of ASSERTIONS) {
      it(`an assertion signed with ${alg} is good`, async () => {
        const token = await provider.issue({ path: '/opaque' });
        const { client_id: applicationId } = await createClient(transport, provider, options).validateAccessToken(
          token,
        );
        assert.equal(applicationId, 'orders-app');
      });
    }

    for (const { name, issued, error, ...options } of REJECTIONS) {
      it(`hears why of ${name}`, async () => {
        const token = await provider.issue({ path: '/opaque', ...issued });
        const client = createClient(transport, provider, options);
        await assert.rejects(client.validateAccessToken(token), (thrown) => {
          assert.ok(thrown instanceof MonoCloudOPError);
          assert.equal(thrown.error, error);
          assert.equal(thrown.message, error);
          assert.ok(typeof thrown.errorDescription === 'string' && thrown.errorDescription !== '');
          assert.equal(JSON.parse(thrown.raw.body).error_description, thrown.errorDescription);
          return true;
        });
      });
    }

    it('asks at the mTLS endpoint only with mTLS methods', async () => {
      const token = await provider.issue({ path: '/opaque' });
      const byCertificate = createClient(transport, provider, { ...by('tls_client_auth'), identity });
      const bySecret = createClient(transport, provider, { ...by('client_secret_post', clientSecret), identity });
      const { mtls_endpoint_aliases: aliases, introspection_endpoint: plain } = await bySecret.getMetadata();
      await byCertificate.validateAccessToken(token);
      await bySecret.validateAccessToken(token);
      assert.notEqual(aliases.introspection_endpoint, plain);
      if (transport === 'native') return;
      const discovery = `${provider.issuer}/.well-known/openid-configuration`;
      assert.deepEqual(requestsOf(byCertificate), [discovery, aliases.introspection_endpoint]);
      assert.deepEqual(requestsOf(bySecret), [discovery, plain]);
    });
  });
}

function by(clientAuthMethod, secret) {
  return { clientId: `api-${clientAuthMethod}`, clientAuthMethod, clientSecret: secret };
}

function pathOf(name) {
  return `/${name.replaceAll(/\W+/g, '-')}`;
}

async function revoked(token) {
  await provider.revoke(token);
  return token;
}
