import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { AUDIENCE, ISSUER, recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused } from './support/thrown.mjs';

const EXPIRED = 'Unexpected "exp" (expiration time) claim value, timestamp is <= now()';
const TOO_EARLY = 'Unexpected "nbf" (not before) claim value, timestamp is > now()';
const EXP_TYPE = 'Unexpected "exp" (expiration time) claim type';
const NBF_TYPE = 'Unexpected "nbf" (not before) claim type';

/** Every way claims reach their checks: a JWT with the keys at hand and without, and introspection. */
async function waysIn(claims, options) {
  const token = await soundJwt(claims);
  const client = (tenant) => new MonoCloudBackendNodeClient({ ...tenant.introspecting, ...options });
  const warm = client(recordedTenant());
  await warm.getJwks();
  const introspecting = recordedTenant({ introspection: { active: true, ...soundClaims(claims) } });
  const base = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { ...recordedTenant().options, ...options });
  return [
    () => warm.validateAccessToken(token),
    () => client(recordedTenant()).validateAccessToken(token),
    () => client(introspecting).validateAccessToken('opaque'),
    () => client(introspecting).introspectAccessToken('opaque'),
    () => base.validateJwtAccessToken(token),
  ];
}

async function accepts(claims, options) {
  for (const way of await waysIn(claims, options)) assert.deepEqual((await way()).aud, soundClaims(claims).aud);
}

async function refuses(message, claims, options) {
  for (const way of await waysIn(claims, options)) await assertRefused(way, message);
}

describe('issuer, subject and audience', () => {
  it('the issuer is the tenant to the letter', async () => {
    for (const iss of [undefined, null, '', `${ISSUER}/`, ISSUER.toUpperCase(), 'tenant.example', [ISSUER], 5]) {
      await refuses('Invalid Issuer', { iss });
    }
  });

  it('the subject is a string if it is anything', async () => {
    for (const sub of ['user', '', undefined, null, 0, false]) await accepts({ sub });
    for (const sub of [5, true, {}, [], ['user']]) await refuses('Invalid subject', { sub });
  });

  it('the audience is this API, alone or among others', async () => {
    for (const aud of [AUDIENCE, [AUDIENCE], ['https://other.example', AUDIENCE], [5, AUDIENCE]])
      await accepts({ aud });
    for (const aud of [
      undefined,
      null,
      '',
      5,
      [],
      ['https://other.example'],
      `${AUDIENCE}/`,
      [[AUDIENCE]],
      { 0: AUDIENCE },
    ]) {
      await refuses('Invalid audience claim', { aud });
    }
  });

  it('the audience is no part of a longer text', async () => {
    await refuses('Invalid audience claim', { aud: `${AUDIENCE} https://other.example` });
  });

  it('iat, jti, typ and client_id are not looked at', async () => {
    await accepts({ iat: 'never', jti: 5, typ: null, client_id: [] });
  });
});

describe('expiration and not-before', () => {
  const rows = [
    [{ exp: -59 }, {}, null],
    [{ exp: -60 }, {}, EXPIRED],
    [{ exp: -59.5 }, {}, null],
    [{ exp: -60.5 }, {}, EXPIRED],
    [{ nbf: 60 }, {}, null],
    [{ nbf: 61 }, {}, TOO_EARLY],
    [{ nbf: 60.5 }, {}, TOO_EARLY],
    [{ exp: -49 }, { clockSkew: 10 }, null],
    [{ exp: -50 }, { clockSkew: 10 }, EXPIRED],
    [{ nbf: 70 }, { clockSkew: 10 }, null],
    [{ nbf: 71 }, { clockSkew: 10 }, TOO_EARLY],
    [{ exp: 1 }, { clockTolerance: 0 }, null],
    [{ exp: 0.5 }, { clockTolerance: 0 }, null],
    [{ exp: 0 }, { clockTolerance: 0 }, EXPIRED],
    [{ nbf: 0 }, { clockTolerance: 0 }, null],
    [{ nbf: 1 }, { clockTolerance: 0 }, TOO_EARLY],
    [{ exp: -299 }, { clockTolerance: 300 }, null],
    [{ exp: -300 }, { clockTolerance: 300 }, EXPIRED],
    [{ exp: -1 }, { clockTolerance: 1.5 }, null],
    [{ exp: -1.5 }, { clockTolerance: 1.5 }, EXPIRED],
  ];
  for (const [offsets, options, message] of rows) {
    it(`${JSON.stringify(offsets)} from now, ${JSON.stringify(options)}: ${message ?? 'accepted'}`, async (t) => {
      const { now } = frozenClock(t);
      const claims = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, now + offset]));
      await (message === null ? accepts(claims, options) : refuses(message, claims, options));
    });
  }

  it('are numbers if they are anything', async () => {
    await accepts({ exp: undefined, nbf: undefined });
    for (const value of [null, '9999999999', true, [], {}]) {
      await refuses(EXP_TYPE, { exp: value });
      await refuses(NBF_TYPE, { nbf: value });
    }
    await accepts({ exp: 1e300, nbf: -1e300 });
    await refuses(EXPIRED, { exp: 0 });
    await accepts({ nbf: 0 });
  });

  it('come in this order', async () => {
    await refuses(EXP_TYPE, { exp: 'x', nbf: 'x' });
    await refuses(EXPIRED, { exp: 1, nbf: 'x' });
    await refuses('Invalid audience claim', { aud: 'x', exp: 'x' });
  });

  it('are compared with whole seconds of Date.now()', async (t) => {
    const now = 1_700_000_000;
    const token = await soundJwt({ exp: now - 59 });
    let milliseconds = now * 1000;
    t.mock.method(Date, 'now', () => milliseconds);
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    await client.validateAccessToken(token);
    milliseconds += 999;
    await client.validateAccessToken(token);
    milliseconds += 1;
    await assertRefused(() => client.validateAccessToken(token), EXPIRED);
  });

  it('follow the mock timers of node:test', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_000 });
    const token = await soundJwt({ exp: 1_700_000_100 });
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    await client.validateAccessToken(token);
    t.mock.timers.tick(159_000);
    await client.validateAccessToken(token);
    t.mock.timers.tick(1000);
    await assertRefused(() => client.validateAccessToken(token), EXPIRED);
  });
});

describe('setClockSkew and setClockTolerance', () => {
  it('take effect at once', async (t) => {
    const { now } = frozenClock(t);
    const token = await soundJwt({ exp: now - 30, nbf: now - 100 });
    const early = await soundJwt({ nbf: now + 65 });
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    await client.validateAccessToken(token);
    await assertRefused(() => client.validateAccessToken(early), TOO_EARLY);
    assert.equal(client.setClockSkew(30), undefined);
    await assertRefused(() => client.validateAccessToken(token), EXPIRED);
    await client.validateAccessToken(early);
    assert.equal(client.setClockTolerance(61), undefined);
    await client.validateAccessToken(token);
    client.setClockSkew(-40);
    await assertRefused(() => client.validateAccessToken(early), TOO_EARLY);
    client.setClockSkew(0);
    client.setClockTolerance(0);
    await assertRefused(() => client.validateAccessToken(token), EXPIRED);
  });

  it('never make a token live for ever', async (t) => {
    const { now } = frozenClock(t);
    const token = await soundJwt({ exp: now - 3600 });
    for (const value of [NaN, undefined, 'x', {}]) {
      for (const set of ['setClockSkew', 'setClockTolerance']) {
        const client = new MonoCloudBackendNodeClient(recordedTenant().options);
        client[set](value);
        await assertRefused(() => client.validateAccessToken(token), EXPIRED);
        await assertRefused(() => client.validateAccessToken(token), EXPIRED);
      }
    }
  });
});

describe('the claims that are answered', () => {
  it('are those of the token, and the caller may change them', async () => {
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    const expected = soundClaims({ scope: 'read', nested: { list: [1, { a: null }], text: '\u2028' } });
    const token = await soundJwt(expected);
    for (let round = 0; round < 3; round++) {
      const claims = await client.validateAccessToken(token);
      assert.deepEqual(claims, expected);
      assert.equal(Object.getPrototypeOf(claims), Object.prototype);
      claims.scope = 'admin';
      claims.nested.list.push('more');
      delete claims.sub;
    }
    await assertRefused(
      () => client.validateAccessToken(token, { scopes: ['admin'] }),
      'Token is missing required scopes',
      'insufficient_scope',
    );
  });

  it('keep the order and the numbers of the token', async () => {
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    const claims = await client.validateAccessToken(await soundJwt({ z: 1, a: 2, b: 0.1, c: 1e21, d: -0 }));
    assert.deepEqual(Object.keys(claims).slice(-5), ['z', 'a', 'b', 'c', 'd']);
    assert.deepEqual([claims.b, claims.c], [0.1, 1e21]);
  });
});
