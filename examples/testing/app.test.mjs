import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { mock, test } from 'node:test';
import { createApp } from './app.mjs';

const tenantDomain = 'https://tenant.example.com';
const audience = 'https://api.example.com';
const start = Date.UTC(2030, 0, 1);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const publicJwk = { ...(await webcrypto.subtle.exportKey('jwk', publicKey)), kid: 'test-key' };

const documents = {
  [`${tenantDomain}/.well-known/openid-configuration`]: { issuer: tenantDomain, jwks_uri: `${tenantDomain}/jwks` },
  [`${tenantDomain}/jwks`]: { keys: [publicJwk] },
};

async function sign(claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'ES256', kid: 'test-key' })}.${encode(claims)}`;
  const signature = await webcrypto.subtle.sign(algorithm, privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

async function get(app, token) {
  const headers = { authorization: `Bearer ${token}` };
  return (await app.inject({ url: '/orders', headers })).statusCode;
}

const claims = { iss: tenantDomain, aud: audience, scope: 'orders:read', exp: start / 1000 + 3600 };

// Date.now decides about expiry, and whatever replaces globalThis.fetch sees the requests.
let now = start;
mock.method(Date, 'now', () => now);
const fetchMock = mock.method(globalThis, 'fetch', async (url) => Response.json(documents[url]));

test('a valid token passes', async () => {
  assert.equal(await get(createApp({ tenantDomain, audience }), await sign(claims)), 200);
});

test('the same token is refused once it has expired', async () => {
  const app = createApp({ tenantDomain, audience });
  const token = await sign(claims);
  now = start + 3_600_000 + 59_000;
  assert.equal(await get(app, token), 200);
  now = start + 3_600_000 + 60_000;
  assert.equal(await get(app, token), 401);
  now = start;
});

test('a token without the scope is forbidden', async () => {
  const token = await sign({ ...claims, scope: 'profile' });
  assert.equal(await get(createApp({ tenantDomain, audience }), token), 403);
});

test('a tenant that cannot be reached is not blamed on the token', async () => {
  fetchMock.mock.mockImplementationOnce(async () => {
    throw new TypeError('fetch failed');
  });
  assert.equal(await get(createApp({ tenantDomain, audience }), await sign(claims)), 503);
});
