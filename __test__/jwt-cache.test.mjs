import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';

const NOW = 1_700_000_000;
const options = {
  tenantDomain: 'https://tenant.example',
  audience: 'https://api.example',
  jwksCacheDuration: 1e9,
  signatureOffload: 'never',
};
const good = {
  iss: options.tenantDomain,
  aud: ['https://other.example', options.audience],
  sub: 'user',
  exp: NOW + 300,
  nbf: NOW - 300,
  scope: 'read write',
  groups: ['admin', { id: '1', name: 'user' }],
  nested: { list: [1, { deep: [] }], none: null },
};

let keys;

before(async () => {
  keys = await Promise.all(['1', '2'].map(makeKey));
});

async function makeKey(kid) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
  return { kid, jwk: { kty, crv, x, y, kid }, privateKey: pair.privateKey };
}

async function tokenOf(claims, key = keys[0]) {
  const payload = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const parts = [JSON.stringify({ alg: 'ES256', kid: key.kid }), payload];
  const input = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
  const scheme = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await webcrypto.subtle.sign(scheme, key.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function clientOf(more = {}) {
  const jwksResolver = async () => ({ keys: keys.map(({ jwk }) => jwk) });
  return new MonoCloudBackendNodeClient({ ...options, jwksResolver, ...more });
}

/** A string as a socket brings it: equal to others, and none of them. */
function fresh(text) {
  return Buffer.from(text).toString();
}

async function outcome(client, token, asked) {
  try {
    return { claims: await client.validateAccessToken(fresh(token), asked) };
  } catch (error) {
    const { name, message, code, reason } = error;
    return { error: { type: error.constructor.name, name, message, code, reason } };
  }
}

/** Until it is remembered, and once more. */
async function repeat(client, token, asked) {
  for (let i = 0; i < 3; i++) {
    await client.validateAccessToken(fresh(token), asked);
  }
}

describe('tokens that come again', () => {
  test('have the same outcome as without a memory, whatever the clock, the route and the settings', async (t) => {
    const clock = frozenClock(t, NOW);
    const [kept, plain] = [clientOf(), clientOf({ jwtCache: false })];
    const payloads = [
      good,
      { ...good, exp: undefined },
      { ...good, exp: NOW + 0.5, nbf: NOW - 0.5 },
      { ...good, exp: 1e300, nbf: -1e300 },
      { ...good, scope: ' write\u00a0read ', groups: [null] },
      { ...good, cnf: { 'x5t#S256': 'x' } },
      { ...good, cnf: '{}', sub: 7 },
      { ...good, iss: 'https://other.example' },
      '{"iss":"https://tenant.example","aud":"https://api.example","sub":"ü","__proto__":{"a":1},"7":1,"a":1,"a":2}',
      '{"iss":"https://tenant.example","aud":"https://api.example","a":{"__proto__":[]}}',
      '[]',
    ];
    const tokens = await Promise.all(payloads.map((payload) => tokenOf(payload)));
    const routes = [undefined, { scopes: ['read'] }, { groups: ['user'] }, { validateCertificateBinding: true }];
    const times = [0, 300, 359, 360, 361, 100, -1000, 1e6, -360, -361, 0, NaN, 0];
    for (const round of [0, 1, 2, 3]) {
      for (const client of [kept, plain]) {
        client.setClockTolerance(round === 2 ? 0 : 60);
        client.setClockSkew(round === 3 ? 30 : 0);
      }
      for (const offset of times) {
        clock.now = NOW + offset;
        for (const token of tokens) {
          for (const asked of routes) {
            assert.deepEqual(await outcome(kept, token, asked), await outcome(plain, token, asked));
          }
        }
      }
    }
    assert.deepEqual(kept.stats().validations, plain.stats().validations);
  });

  test('give each caller an object of its own', async () => {
    const client = clientOf();
    const token = await tokenOf({ ...good, exp: undefined });
    const expected = JSON.stringify(await client.validateAccessToken(token));
    for (let i = 0; i < 5; i++) {
      const claims = await client.validateAccessToken(fresh(token));
      assert.equal(JSON.stringify(claims), expected);
      assert.equal(Object.getPrototypeOf(claims), Object.prototype);
      claims.sub = 'other';
      claims.aud.push('x');
      claims.groups[1].name = 'root';
      claims.nested.list[1].deep.push(1);
      delete claims.iss;
    }
  });

  test('are refused once their key has left the set, and when it is another one', async () => {
    const sets = [[keys[0].jwk], [keys[1].jwk], [{ ...keys[1].jwk, kid: '1' }], [keys[0].jwk]];
    const client = clientOf({ jwksResolver: async () => ({ keys: sets[0] }), jwksCooldownDuration: 1e9 });
    const token = await tokenOf({ ...good, exp: undefined });
    await repeat(client, token);
    for (const reason of ['key_not_found', 'signature_invalid', undefined]) {
      sets.shift();
      await client.getJwks(true);
      assert.equal((await outcome(client, token)).error?.reason, reason);
    }
  });

  test('are fetched keys for when the set they stood by has expired', async (t) => {
    const clock = frozenClock(t, NOW);
    let fetches = 0;
    const jwksResolver = async () => (fetches++, { keys: [keys[0].jwk] });
    const client = clientOf({ jwksResolver, jwksCacheDuration: 100, jwksStaleDuration: 0 });
    const token = await tokenOf(good);
    await repeat(client, token);
    assert.equal(fetches, 1);
    clock.advance(100);
    await client.validateAccessToken(token);
    assert.equal(fetches, 2);
  });

  test('are judged by the keys that a subclass assigns', async () => {
    class Pinned extends MonoCloudOidcBackendClient {
      pin(keys) {
        this.jwksCacheExpiry = Infinity;
        this.jwks = { keys };
      }
    }
    const client = new Pinned(options.tenantDomain, options.audience, { fetcher: () => assert.fail('no fetch') });
    client.pin([keys[0].jwk]);
    const token = await tokenOf({ ...good, exp: undefined });
    for (let i = 0; i < 4; i++) {
      await client.validateJwtAccessToken(token);
    }
    client.pin([{ ...keys[1].jwk, kid: '1' }]);
    await assert.rejects(client.validateJwtAccessToken(token), { reason: 'signature_invalid' });
  });

  test('reach the methods that are replaced later', async (t) => {
    const client = clientOf();
    const token = await tokenOf({ ...good, exp: undefined });
    await repeat(client, token);
    const spy = t.mock.method(client, 'validateAccessTokenClaims', () => {
      throw new Error('of the spy');
    });
    await assert.rejects(client.validateAccessToken(token), { message: 'of the spy' });
    assert.equal(spy.mock.callCount(), 1);
    spy.mock.restore();
    await client.validateAccessToken(token);
  });

  test('are published and counted like others', async () => {
    const client = clientOf();
    const token = await tokenOf({ ...good, exp: undefined });
    const messages = [];
    const listener = (message) => messages.push(message);
    await repeat(client, token);
    subscribe('monocloud:backend:validate', listener);
    await repeat(client, token);
    await outcome(client, token, { scopes: ['missing'] });
    unsubscribe('monocloud:backend:validate', listener);
    assert.deepEqual(
      messages.map(({ outcome, reason, kid }) => [outcome, reason, kid]),
      [...Array.from({ length: 3 }, () => ['accepted', undefined, '1']), ['refused', 'scopes_missing', '1']],
    );
    assert.deepEqual(client.stats().validations, { accepted: 6, refused: { scopes_missing: 1 }, failed: {} });
    assert.equal(client.stats().validations.accepted, 6);
  });

  test('do not stand in for tokens with the same signature or the same beginning', async () => {
    const client = clientOf();
    const [token, other] = [await tokenOf({ ...good, exp: undefined }), await tokenOf({ ...good, sub: 'other' })];
    await repeat(client, token);
    const [header, payload, signature] = token.split('.');
    for (const forged of [
      `${header}.${other.split('.')[1]}.${signature}`,
      `${header}.${payload}.${other.split('.')[2]}`,
      `${token}A`,
      `${header}.${payload}A.${signature}`,
    ]) {
      assert.equal((await outcome(client, forged)).error?.code, 'invalid_token', forged);
    }
    // U+0141 is "A" to whoever looks at its lower half only.
    const wide = token.replace(/[A-Z]/, (letter) => String.fromCharCode(0x100 + letter.charCodeAt(0)));
    assert.equal((await outcome(client, wide)).error?.code, 'invalid_token');
  });

  test('are remembered within the bounds', async () => {
    const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => tokenOf({ ...good, exp: undefined, i })));
    for (const jwtCache of [
      { maxEntries: 1 },
      { maxEntries: 5 },
      { maxBytes: 0 },
      { maxBytes: 3000 },
      { maxEntries: 0 },
      { maxEntries: Number.MAX_SAFE_INTEGER },
      { maxEntries: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER },
    ]) {
      const client = clientOf({ jwtCache });
      for (let round = 0; round < 4; round++) {
        for (const [i, token] of tokens.entries()) {
          assert.equal((await client.validateAccessToken(fresh(token))).i, i);
        }
      }
    }
  });

  test('are remembered without the text that they were cut out of', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const held = () => (collect(), process.memoryUsage().heapUsed);
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, i) => tokenOf({ ...good, exp: undefined, i })));
    const client = clientOf();
    await client.validateAccessToken(tokens[0]);
    const before = held();
    for (let round = 0; round < 3; round++) {
      for (const token of tokens) {
        await client.validateAccessToken(fresh(`${' '.repeat(100_000)}${token}`).slice(100_000));
      }
    }
    const kilobytes = Math.round((held() - before) / 1000);
    assert.ok(kilobytes < 3000, `${kilobytes} kB of 10,000`);
  });

  test('are known in all threads', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { MonoCloudBackendNodeClient } = require('@monocloud/backend-node');
      const { options, jwk, tokens } = workerData;
      const client = new MonoCloudBackendNodeClient({ ...options, jwksResolver: async () => ({ keys: [jwk] }) });
      (async () => {
        const subjects = [];
        for (let i = 0; i < 5; i++)
          for (const token of tokens) subjects.push((await client.validateAccessToken(token)).sub);
        parentPort.postMessage(subjects);
      })();`;
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => tokenOf({ ...good, exp: undefined, sub })));
    const workerData = { options, jwk: keys[0].jwk, tokens };
    const run = () => {
      const worker = new Worker(code, { eval: true, workerData });
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    };
    const expected = Array.from({ length: 5 }, () => ['a', 'b', 'c']).flat();
    assert.deepEqual(await Promise.all([run(), run()]), [expected, expected]);
  });
});
