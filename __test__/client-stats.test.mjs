import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryIntrospectionCache, MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { frozenClock } from './support/frozen-clock.mjs';
import { jsonResponse, recordedTenant, signingKey, soundClaims, soundJwt } from './support/recorded-tenant.mjs';

const { createTestTenant } = testing;

function setUp({ answers, ...options } = {}) {
  const tenant = recordedTenant(answers);
  return { tenant, client: new MonoCloudBackendNodeClient({ ...tenant.introspecting, ...options }) };
}

const settled = (promises) => Promise.allSettled(promises);

describe('stats', () => {
  it('of a new client are zero', () => {
    const { client } = setUp();
    assert.deepEqual(client.stats(), {
      validations: { accepted: 0, refused: {}, failed: {} },
      fetches: { discovery: 0, jwks: 0, introspection: 0, failed: 0 },
      singleFlightJoins: 0,
      staleUses: 0,
      refreshes: 0,
      cache: { hits: 0, misses: 0, negativeHits: 0, errors: 0 },
      documents: { metadata: { fresh: false }, jwks: { fresh: false, keys: 0 } },
    });
  });

  it('count validations by outcome and reason, with cold and with warm keys', async () => {
    const { client } = setUp();
    const expired = await soundJwt({ exp: 1 });
    await settled([client.validateAccessToken(expired)]);
    await client.validateAccessToken(await soundJwt());
    await client.validateJwtAccessToken(await soundJwt());
    await client.introspectAccessToken('opaque');
    await settled([client.validateAccessToken(expired), client.validateAccessToken('a.b.c')]);
    await settled([client.validateAccessToken('')]);
    assert.deepEqual(client.stats().validations, {
      accepted: 3,
      refused: { token_expired: 2, jwt_header_malformed: 1 },
      failed: { token_blank: 1 },
    });
  });

  it('count the entries of a cache in memory', async () => {
    const { client } = setUp({ cache: new MemoryIntrospectionCache() });
    assert.equal(client.stats().cache.entries, 0);
    await client.validateAccessToken('one');
    await client.validateAccessToken('two');
    await client.validateAccessToken('one');
    assert.deepEqual(client.stats().cache, { hits: 1, misses: 2, negativeHits: 0, errors: 0, entries: 2 });
  });

  it('count what the application throws, and a validation that it has overridden only once', async () => {
    class Own extends MonoCloudBackendNodeClient {
      async validateJwtAccessToken(token, options) {
        return super.validateJwtAccessToken(token, options);
      }
    }
    const own = new Own(recordedTenant().options);
    await own.validateAccessToken(await soundJwt());
    await settled([own.validateAccessToken(await soundJwt({ exp: 1 }))]);
    assert.deepEqual(own.stats().validations, { accepted: 1, refused: { token_expired: 1 }, failed: {} });
    const { client } = setUp();
    client.getJwks = () => Promise.reject(new Error('no keys'));
    await settled([client.validateAccessToken(await soundJwt())]);
    assert.deepEqual(client.stats().validations.failed, { application_error: 1 });
  });

  it('count requests, failed ones, and those that were saved', async () => {
    const { client, tenant } = setUp();
    const token = await soundJwt();
    await Promise.all(Array.from({ length: 10 }, () => client.validateAccessToken(token)));
    const { fetches, singleFlightJoins } = client.stats();
    assert.deepEqual(fetches, { discovery: 1, jwks: 1, introspection: 0, failed: 0 });
    assert.equal(singleFlightJoins, 9);
    tenant.answers.introspection = () => new Response('', { status: 503 });
    await settled(Array.from({ length: 5 }, () => client.validateAccessToken('opaque')));
    assert.deepEqual(client.stats().fetches, { discovery: 1, jwks: 1, introspection: 1, failed: 1 });
    assert.equal(client.stats().singleFlightJoins, 13);
  });

  it('count the requests of the native transport, those in the background too', async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const clock = frozenClock(t, Math.floor(Date.now() / 1000));
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const token = await tenant.issue();
    await client.validateAccessToken(token);
    clock.advance(280);
    await client.validateAccessToken(token);
    while (client.stats().fetches.jwks < 2) await new Promise((resolve) => setImmediate(resolve));
    const { fetches, refreshes } = client.stats();
    assert.deepEqual(fetches, { discovery: 2, jwks: 2, introspection: 0, failed: 0 });
    assert.ok(refreshes >= 1);
  });

  it('count stale uses and refreshes', async (t) => {
    const clock = frozenClock(t);
    const { client, tenant } = setUp();
    const token = await soundJwt({ exp: clock.now + 9000 });
    await client.validateAccessToken(token);
    tenant.answers.jwks = () => new Response('', { status: 500 });
    clock.advance(301);
    await client.validateAccessToken(token);
    await client.validateAccessToken(token);
    const { staleUses, refreshes, fetches } = client.stats();
    assert.equal(staleUses, 2);
    assert.equal(refreshes >= 1, true);
    assert.equal(fetches.failed, 1);
  });

  it('count what the cache knew', async () => {
    const map = new Map();
    const cache = { get: async (key) => map.get(key), set: async (key, claims) => map.set(key, claims), delete() {} };
    const { client, tenant } = setUp({ cache });
    for (const token of ['one', 'one', 'two']) await client.validateAccessToken(token);
    tenant.answers.introspection = { active: false };
    await settled([client.validateAccessToken('three')]);
    await settled([client.validateAccessToken('three')]);
    cache.set = () => Promise.reject(new Error('full'));
    tenant.answers.introspection = { active: true, ...soundClaims() };
    await client.validateAccessToken('four');
    assert.deepEqual(client.stats().cache, { hits: 1, misses: 4, negativeHits: 1, errors: 1 });
  });

  it('say how old the documents are and how many keys can be used', async (t) => {
    const clock = frozenClock(t);
    const keys = [(await signingKey()).publicJwk, { kty: 'oct', k: 'AA' }, (await signingKey('RS256')).publicJwk];
    const { client } = setUp({ answers: { jwks: () => jsonResponse({ keys }) } });
    await client.getJwks();
    clock.advance(100);
    assert.deepEqual(client.stats().documents, {
      metadata: { ageSeconds: 100, fresh: true },
      jwks: { ageSeconds: 100, fresh: true, keys: 2 },
    });
    clock.advance(200);
    assert.equal(client.stats().documents.jwks.fresh, false);
  });
});
