import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused } from './support/thrown.mjs';

const INACTIVE = ['Token is not active. The introspection endpoint returned active=false', 'inactive_token'];
const CACHED = ['Token is not active. A cached introspection result reported active=false', 'inactive_token'];
const EXPIRED = 'Unexpected "exp" (expiration time) claim value, timestamp is <= now()';

/** An adapter that keeps entries whatever their expiry, and the arguments of every call. */
function recordingCache(entries = {}) {
  const map = new Map(Object.entries(entries));
  const calls = [];
  return {
    map,
    calls,
    sets: () => calls.filter(([name]) => name === 'set').map(([, ...args]) => args),
    async get(...args) {
      calls.push(['get', ...args]);
      return map.get(args[0]);
    },
    async set(...args) {
      calls.push(['set', ...args]);
      map.set(args[0], args[1]);
    },
    async delete(...args) {
      calls.push(['delete', ...args]);
    },
  };
}

/** The same, through JSON as stores over a network do it. */
function serialisingCache() {
  const cache = recordingCache();
  const { get, set } = cache;
  return {
    ...cache,
    get: async (key) => JSON.parse((await get(key)) ?? 'null'),
    set: (key, claims, expiresAt) => set(key, JSON.stringify(claims), expiresAt),
  };
}

function setUp(t, { claims, answer, cache = recordingCache(), ...options } = {}) {
  const clock = frozenClock(t);
  const introspection = answer ?? { active: true, ...soundClaims({ exp: clock.now + 9000, ...claims }) };
  const tenant = recordedTenant({ introspection });
  const client = new MonoCloudBackendNodeClient({ ...tenant.introspecting, cache, ...options });
  const asked = () => Number(tenant.counts().at(-1));
  return { clock, tenant, client, cache, asked, validate: (checks) => client.validateAccessToken('opaque', checks) };
}

describe('what is stored', () => {
  it('is (token, claims, expiresAt)', async (t) => {
    const { clock, cache, tenant, validate } = setUp(t);
    const claims = await validate();
    const { active, ...expected } = tenant.answers.introspection;
    assert.equal(active, true);
    assert.deepEqual(cache.calls, [
      ['get', 'opaque'],
      ['set', 'opaque', expected, clock.now + 300],
    ]);
    assert.deepEqual(claims, expected);
  });

  it('expires with the token if that is earlier', async (t) => {
    for (const [exp, expiresAt] of [
      [100, 100],
      [299.5, 299.5],
      [300, 300],
      [301, 300],
      [-30, -30],
      [undefined, 300],
    ]) {
      const { clock, cache, validate } = setUp(t, { claims: { exp: exp && 1_700_000_000 + exp } });
      await validate();
      assert.equal(cache.sets()[0][2], clock.now + expiresAt);
    }
  });

  it('of an inactive token is active false with its expiry', async (t) => {
    const { clock, cache, validate } = setUp(t, { answer: { active: false }, introspectionCacheDuration: 40 });
    await assertRefused(validate, ...INACTIVE);
    assert.deepEqual(cache.sets(), [['opaque', { active: false, exp: clock.now + 40 }, clock.now + 40]]);
  });

  it('is nothing when the claims are refused or the tenant fails', async (t) => {
    for (const claims of [{ iss: 'x' }, { aud: 'x' }, { exp: 1 }]) {
      const { cache, validate } = setUp(t, { claims });
      await assertRefused(validate, /./);
      assert.deepEqual(cache.sets(), []);
    }
    for (const status of [400, 401, 500]) {
      const { cache, validate } = setUp(t, { answer: () => new Response('{}', { status }) });
      await assert.rejects(validate());
      assert.deepEqual(cache.sets(), []);
    }
  });

  it('does not depend on the scopes, groups and certificate of a route', async (t) => {
    const { asked, cache, validate } = setUp(t, { claims: { scope: 'read' } });
    const scopes = ['Token is missing required scopes', 'insufficient_scope'];
    await assertRefused(() => validate({ scopes: ['write'] }), ...scopes);
    await assertRefused(() => validate({ validateCertificateBinding: true }), 'Client certificate is not present');
    await validate({ scopes: ['read'] });
    assert.equal(asked(), 1);
    assert.equal(cache.sets().length, 1);
  });
});

describe('a hit', () => {
  for (const [name, makeCache] of Object.entries({
    'by reference': recordingCache,
    'through JSON': serialisingCache,
  })) {
    it(`is used until its own expiry, ${name}`, async (t) => {
      const { clock, asked, validate } = setUp(t, { cache: makeCache() });
      const first = await validate();
      clock.advance(299);
      assert.deepEqual(await validate(), first);
      assert.equal(asked(), 1);
      clock.advance(1);
      assert.deepEqual(await validate(), first);
      assert.equal(asked(), 2);
    });

    it(`of an inactive token too, ${name}`, async (t) => {
      const { clock, asked, validate } = setUp(t, { answer: { active: false }, cache: makeCache() });
      await assertRefused(validate, ...INACTIVE);
      clock.advance(299);
      await assertRefused(validate, ...CACHED);
      assert.equal(asked(), 1);
      clock.advance(1);
      await assertRefused(validate, ...INACTIVE);
      assert.equal(asked(), 2);
    });
  }

  it('is checked like a fresh answer', async (t) => {
    const { client, asked, validate } = setUp(t, { claims: { scope: 'read', cnf: { 'x5t#S256': 'x' } } });
    await assertRefused(validate, 'Client certificate is not present');
    await assertRefused(validate, 'Client certificate is not present');
    await assertRefused(() => validate({ scopes: ['x'] }), /scopes/, 'insufficient_scope');
    assert.equal(asked(), 1);
    client.setClockSkew(9060);
    await assertRefused(validate, EXPIRED);
    assert.equal(asked(), 2);
  });

  it('cannot be changed by a caller', async (t) => {
    const { asked, cache, validate } = setUp(t, { claims: { scope: 'read', nested: { list: [1] } } });
    for (let round = 0; round < 3; round++) {
      const claims = await validate();
      assert.deepEqual([claims.scope, claims.nested], ['read', { list: [1] }]);
      claims.scope = 'read admin';
      claims.nested.list.push(2);
    }
    assert.equal(asked(), 1);
    assert.deepEqual(cache.map.get('opaque').nested, { list: [1] });
  });

  it('may be answered synchronously', async (t) => {
    const map = new Map();
    const { asked, validate } = setUp(t, { cache: map });
    await validate();
    await validate();
    assert.equal(asked(), 1);
  });
});

describe('an entry of 0.3.9', () => {
  const hits = async (t, entry, options) => {
    const { asked, validate } = setUp(t, { cache: recordingCache({ opaque: entry }), ...options });
    const result = await validate().catch((error) => error);
    return asked() === 0 ? result : undefined;
  };
  const NOW = 1_700_000_000;
  const sound = (claims) => ({ ...soundClaims({ from: 'cache', exp: NOW + 100 }), ...claims });

  it('is bare claims', async (t) => {
    frozenClock(t);
    assert.deepEqual(await hits(t, sound()), sound());
    const { exp, ...forever } = sound();
    assert.ok(exp);
    assert.deepEqual(await hits(t, forever), forever);
  });

  it('is a hit while the token lives, within the tolerance', async (t) => {
    assert.equal((await hits(t, sound({ exp: NOW - 59 }))).from, 'cache');
    assert.equal(await hits(t, sound({ exp: NOW - 60 })), undefined);
    assert.equal((await hits(t, sound({ exp: NOW - 49 }), { clockSkew: 10 })).from, 'cache');
    assert.equal(await hits(t, sound({ exp: NOW - 50 }), { clockSkew: 10 }), undefined);
    assert.equal(await hits(t, sound({ exp: NOW }), { clockTolerance: 0 }), undefined);
  });

  it('that says inactive counts until its exp', async (t) => {
    assert.deepEqual([(await hits(t, { active: false, exp: NOW + 1 })).message], [CACHED[0]]);
    for (const exp of [NOW, NOW - 1, undefined, null, 'x']) {
      assert.equal(await hits(t, { active: false, exp }), undefined, String(exp));
    }
  });

  it('with an exp that is no number is a miss', async (t) => {
    for (const exp of [null, 'x', String(NOW + 100), true, {}]) assert.equal(await hits(t, sound({ exp })), undefined);
  });

  it('that is no object is a miss', async (t) => {
    for (const entry of [undefined, null, '', 'text', 5, true, [], [sound()]]) {
      assert.equal(await hits(t, entry), undefined, String(entry));
    }
  });
});

describe('an adapter that fails', () => {
  const boom = new Error('no connection');
  const ways = {
    throws: () => {
      throw boom;
    },
    rejects: () => Promise.reject(boom),
  };
  for (const [name, fail] of Object.entries(ways)) {
    for (const operation of ['get', 'set']) {
      it(`${operation} ${name}: the token is judged all the same, and operators hear of it`, async (t) => {
        const heard = [];
        const listener = (message) => message.result === 'error' && heard.push(message);
        subscribe('monocloud:backend:cache', listener);
        t.after(() => unsubscribe('monocloud:backend:cache', listener));
        const { asked, validate } = setUp(t, { cache: { ...recordingCache(), [operation]: fail } });
        assert.equal((await validate()).sub, 'user');
        assert.equal(asked(), 1);
        assert.deepEqual(heard, [{ operation, result: 'error', error: boom }]);
        const inactive = setUp(t, { answer: { active: false }, cache: { ...recordingCache(), [operation]: fail } });
        await assertRefused(inactive.validate, ...INACTIVE);
        assert.deepEqual(heard[1], { operation, result: 'error', error: boom });
      });
    }
  }

  it('may answer what has no JSON', async (t) => {
    const circular = {};
    circular.self = circular;
    for (const value of [circular, 5n, () => {}, Symbol('x')]) {
      const { validate } = setUp(t, { cache: { ...recordingCache(), get: () => value } });
      assert.equal((await validate()).sub, 'user');
    }
  });
});

describe('the cache is left alone', () => {
  it('by JWTs that are validated locally', async (t) => {
    const { cache, client } = setUp(t);
    await client.validateAccessToken(await soundJwt());
    await client.validateAccessToken(await soundJwt());
    await assertRefused(() => client.validateAccessToken('a.b.c'), /./);
    assert.deepEqual(cache.calls, []);
  });

  it('by introspectAccessToken', async (t) => {
    const { cache, client } = setUp(t);
    await client.introspectAccessToken('opaque');
    assert.deepEqual(cache.calls, []);
  });

  it('with introspectionCacheDuration 0', async (t) => {
    const { asked, cache, validate } = setUp(t, { introspectionCacheDuration: 0 });
    await validate();
    await validate();
    assert.equal(asked(), 2);
    assert.deepEqual(cache.calls, []);
  });

  it('but not by JWTs that are introspected', async (t) => {
    const { asked, cache, client } = setUp(t, { introspectJwtTokens: true });
    const token = await soundJwt();
    await client.validateAccessToken(token);
    await client.validateAccessToken(token);
    assert.equal(asked(), 1);
    assert.deepEqual(
      cache.calls.map(([name, key]) => [name, key === token]),
      [
        ['get', true],
        ['set', true],
        ['get', true],
      ],
    );
  });
});
