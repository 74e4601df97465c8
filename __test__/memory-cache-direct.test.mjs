import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MemoryIntrospectionCache, MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';

const NOW = 1_700_000_000;
const good = {
  iss: 'https://tenant.example',
  aud: 'https://api.example',
  sub: 'user',
  scope: 'read',
  groups: ['admin'],
};
const entries = [
  good,
  { ...good, exp: NOW + 300 },
  { ...good, exp: NOW + 300.5, nbf: NOW + 60 },
  { ...good, exp: 'soon' },
  { ...good, exp: null },
  { ...good, nbf: NOW + 61 },
  { ...good, iss: 'https://other.example' },
  { ...good, sub: 'a\\"active":b' },
  { ...good, note: 'active' },
  { ...good, cnf: { 'x5t#S256': 'x' } },
  { ...good, number: 1e21, negative: -0, list: [[], {}], text: 'ü😀' },
  { ...good, 'urn:monocloud:introspection-cache:expires_at': NOW + 100 },
  { ...good, active: true },
  { active: false, exp: NOW + 100 },
  { active: false },
  {},
];

function clientOf(cache) {
  return new MonoCloudBackendNodeClient({
    tenantDomain: good.iss,
    audience: good.aud,
    clientId: 'api',
    clientSecret: 'secret',
    fetcher: async () => new Response('{}', { status: 503 }),
    cache,
  });
}

async function outcome(client, token, asked) {
  try {
    return { claims: await client.validateAccessToken(token, asked) };
  } catch ({ name, message, code, reason, status }) {
    return { error: { name, message, code, reason, status } };
  }
}

test('what the core finds in the cache by itself is what it is told of it', async (t) => {
  const clock = frozenClock(t, NOW);
  const cache = new MemoryIntrospectionCache();
  // Not of the class, so that it is asked through its methods.
  const wrapped = {
    get: (key) => cache.get(key),
    set: (...entry) => cache.set(...entry),
    delete: (key) => cache.delete(key),
  };
  const clients = [clientOf(cache), clientOf(wrapped)];
  for (const [i, entry] of entries.entries()) {
    await cache.set(`token${i}`, entry, NOW + 1000);
  }
  await cache.set('\ufffd', good, NOW + 1000);
  const routes = [undefined, { scopes: ['read'], groups: ['admin'] }, { scopes: ['write'] }, { groups: ['user'] }];
  const bound = { validateCertificateBinding: true, clientCertificate: 'AQID' };
  const tokens = [...entries.map((_, i) => `token${i}`), '\ufffd', '\ud800', 'unknown', ' ', 'a.b.c', 'a.b'];
  let accepted = 0;
  for (const offset of [0, 100, 300, 360, 361, 1000]) {
    clock.now = NOW + offset;
    for (const token of tokens) {
      for (const asked of [...routes, bound]) {
        const [direct, told] = [await outcome(clients[0], token, asked), await outcome(clients[1], token, asked)];
        assert.deepEqual(direct, told, `${token} ${offset} ${JSON.stringify(asked)}`);
        accepted += Number('claims' in direct);
      }
    }
  }
  assert.ok(accepted > 20, String(accepted));
  const [direct, told] = clients.map((client) => client.stats());
  assert.deepEqual(direct.validations, told.validations);
  assert.deepEqual({ ...direct.cache, entries: 0 }, { ...told.cache, entries: 0 });
});

test('a cache whose methods are replaced is asked through them, and look-ups are published', async (t) => {
  const cache = new MemoryIntrospectionCache();
  await cache.set('token', good, 1e11);
  const client = clientOf(cache);
  const messages = [];
  const listener = (message) => messages.push(message);
  subscribe('monocloud:backend:cache', listener);
  await client.validateAccessToken('token');
  unsubscribe('monocloud:backend:cache', listener);
  assert.deepEqual(messages, [{ operation: 'get', result: 'hit' }]);
  const spy = t.mock.method(cache, 'get', async () => ({ ...good, sub: 'of the spy' }));
  assert.equal((await client.validateAccessToken('token')).sub, 'of the spy');
  assert.equal(spy.mock.callCount(), 1);
  spy.mock.restore();
  assert.equal((await client.validateAccessToken('token')).sub, 'user');
  await cache.delete('token');
  await assert.rejects(client.validateAccessToken('token'), { name: 'Error', reason: 'status_unexpected' });
});

test('what stands in for a cache is asked by its methods, and decides nothing when they fail', async () => {
  const cache = new MemoryIntrospectionCache();
  await cache.set('token', good, Math.floor(Date.now() / 1000) + 1000);
  for (const standIn of [new Proxy(cache, {}), Object.create(cache)]) {
    const client = clientOf(standIn);
    assert.equal((await outcome(client, 'token')).error.status, 503);
    assert.deepEqual(client.stats().cache, { hits: 0, misses: 0, negativeHits: 0, errors: 1 });
  }
});
