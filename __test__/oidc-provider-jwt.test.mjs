import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SIGNATURE_ALGORITHMS } from './support/oidc-keys.mjs';
import { AUDIENCE, GROUPS, startOidcProvider, TOKEN_LIFETIME } from './support/oidc-provider.mjs';
import { closeAgents, createClient, TRANSPORT_NAMES } from './support/oidc-transports.mjs';
import { FRAMEWORK_NAMES, startTlsApi } from './support/tls-api.mjs';

const ROUTES = {
  '/orders': {},
  '/orders/new': { scopes: ['orders:read', 'orders:write'] },
  '/support': { groups: ['équipe'] },
  '/administration': { groups: ['administrators'] },
};

const INVALID_TOKEN = [401, 'Bearer error="invalid_token"', { message: 'unauthorized' }];
const INSUFFICIENT_SCOPE = [403, 'Bearer error="insufficient_scope"', { message: 'forbidden' }];

const ADMITTED = [
  { name: 'both required scopes', path: '/orders/new', issued: { scope: 'orders:write orders:read' } },
  { name: 'a group beyond ASCII', path: '/support' },
];

const REFUSED = [
  { name: 'a missing scope', path: '/orders/new', answer: INSUFFICIENT_SCOPE },
  { name: 'a missing group', path: '/administration', answer: INSUFFICIENT_SCOPE },
  { name: 'another audience', issued: { audience: 'https://other.example.com' }, answer: INVALID_TOKEN },
  { name: 'a changed payload', alter: elevated, answer: INVALID_TOKEN },
  { name: "another token's signature", alter: withForeignSignature, answer: INVALID_TOKEN },
  { name: 'a changed algorithm', issued: { path: '/jwt/RS256' }, alter: asPs256, answer: INVALID_TOKEN },
];

const provider = await startOidcProvider();
const stranger = await startOidcProvider(provider.authority);
after(() => Promise.all([closeAgents(), provider.close(), stranger.close()]));

const tokens = new Map(
  await Promise.all(SIGNATURE_ALGORITHMS.map(async (alg) => [alg, await provider.issue({ path: `/jwt/${alg}` })])),
);

for (const framework of FRAMEWORK_NAMES) {
  for (const transport of TRANSPORT_NAMES) {
    describe(`JWT access tokens of oidc-provider: ${framework}, ${transport} transport`, () => {
      let api;
      before(async () => {
        const client = createClient(transport, provider);
        const routes = Object.entries(ROUTES).map(([path, options]) => [path, { client, ...options }]);
        api = await startTlsApi(framework, provider.authority, Object.fromEntries(routes));
      });
      after(() => api.close());

      for (const [alg, token] of tokens) {
        it(`admits ${alg}`, async () => {
          const { status, body: claims } = await api.call('/orders', { token });
          assert.equal(status, 200);
          assert.deepEqual(claims, payloadOf(token));
          assert.equal(claims.iss, provider.issuer);
          assert.equal(claims.aud, AUDIENCE);
          assert.equal(claims.exp - claims.iat, TOKEN_LIFETIME);
          assert.equal(claims.client_id, 'orders-app');
          assert.deepEqual(claims.groups, GROUPS);
        });
      }

      for (const { name, path, issued } of ADMITTED) {
        it(`admits ${name}`, async () => {
          const token = await provider.issue(issued);
          assert.equal((await api.call(path, { token })).status, 200);
        });
      }

      for (const { name, path = '/orders', issued, alter = (token) => token, answer } of REFUSED) {
        it(`refuses ${name}`, async () => {
          const token = await alter(await provider.issue(issued));
          assertAnswer(await api.call(path, { token }), answer);
        });
      }

      it('refuses a token of another issuer', async () => {
        assertAnswer(await api.call('/orders', { token: await stranger.issue() }), INVALID_TOKEN);
      });

      it('refuses a request without a token', async () => {
        assertAnswer(await api.call('/orders'), [401, 'Bearer', { message: 'unauthorized' }]);
      });
    });
  }
}

function assertAnswer({ status, challenge, body }, answer) {
  assert.deepEqual([status, challenge, body], answer);
}

function payloadOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'));
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function elevated(token) {
  const [header, , signature] = token.split('.');
  return [header, encode({ ...payloadOf(token), scope: 'orders:read orders:write' }), signature].join('.');
}

async function withForeignSignature(token) {
  const other = await provider.issue();
  return [...token.split('.').slice(0, 2), other.split('.')[2]].join('.');
}

function asPs256(token) {
  const [header, ...rest] = token.split('.');
  const { kid, typ } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  return [encode({ alg: 'PS256', typ, kid }), ...rest].join('.');
}
