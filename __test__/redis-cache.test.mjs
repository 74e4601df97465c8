import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { MonoCloudValidationError } from '@monocloud/backend-node';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import { libraries } from './support/redis-clients.mjs';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const secret = 'a secret of at least thirty-two bytes';
const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

for (const library of libraries) {
  describe(`RedisIntrospectionCache over ${library.name}`, needsRedis, () => {
    let redis;
    let connection;
    let other;

    before(async () => {
      redis = await startRedis();
      connection = await library.connect(redis.url);
      other = await library.connect(redis.url);
    });
    after(async () => {
      connection?.close();
      other?.close();
      await redis?.close();
    });

    /** Caches of two members of a fleet, and the name of the one token's entry. */
    function fleet(options = {}) {
      const prefix = options.prefix ?? `${randomUUID()}:`;
      const token = `token-${randomUUID()}`;
      // The machine that runs the tests may be busy; outages have tests of their own.
      const settings = { timeout: 10_000, ...options, prefix };
      return {
        token,
        name: prefix + createHash('sha256').update(token).digest('base64url'),
        cache: new RedisIntrospectionCache({ client: connection.client, ...settings }),
        peer: new RedisIntrospectionCache({ client: other.client, ...settings }),
      };
    }

    it('keeps claims for the fleet under the hash of the token', async () => {
      const { cache, peer, token, name } = fleet();
      const claims = { sub: 'élise', groups: [{ id: '1' }], exp: inSeconds(60), __proto__: null };
      assert.equal(await peer.get(token), undefined);
      await cache.set(token, claims, claims.exp);
      assert.deepEqual(await peer.get(token), { ...claims });
      const stored = await connection.send('GET', name);
      assert.deepEqual(JSON.parse(stored), { v: 1, e: claims.exp, c: { ...claims } });
      const names = await connection.send('KEYS', '*');
      assert.ok(!names.some((each) => each.includes(token)));
    });

    it('starts names with monocloud:introspection: by default', async () => {
      const token = randomUUID();
      const cache = new RedisIntrospectionCache({ client: connection.client, timeout: 10_000 });
      await cache.set(token, { sub: 'a' }, inSeconds(60));
      const name = `monocloud:introspection:${createHash('sha256').update(token).digest('base64url')}`;
      assert.equal(await connection.send('EXISTS', name), 1);
    });

    it('makes names HMACs of the token with a secret', async () => {
      const { cache, peer, token, name } = fleet({ secret, prefix: 'hmac:' });
      await cache.set(token, { sub: 'a' }, inSeconds(60));
      assert.equal(await connection.send('EXISTS', name), 0);
      const hmac = createHmac('sha256', secret).update(token).digest('base64url');
      assert.equal(await connection.send('EXISTS', `hmac:${hmac}`), 1);
      assert.deepEqual(await peer.get(token), { sub: 'a' });
    });

    it('lets Redis forget an entry when it expires', async () => {
      const { cache, token, name } = fleet();
      await cache.set(token, { sub: 'a' }, inSeconds(100));
      const left = Number(await connection.send('PTTL', name));
      assert.ok(left > 80_000 && left <= 100_000, `${left} ms`);
    });

    it('writes nothing that has expired already, or that never would', async () => {
      const { cache, token, name } = fleet();
      for (const expiresAt of [inSeconds(0), inSeconds(-5), 0, Number.NaN, Infinity]) {
        await cache.set(token, { sub: 'a' }, expiresAt);
        assert.equal(await connection.send('EXISTS', name), 0, String(expiresAt));
      }
    });

    it('replaces and deletes claims', async () => {
      const { cache, peer, token, name } = fleet();
      await cache.set(token, { sub: 'a' }, inSeconds(60));
      await peer.set(token, { sub: 'b' }, inSeconds(60));
      assert.deepEqual(await cache.get(token), { sub: 'b' });
      await cache.delete(token);
      assert.equal(await peer.get(token), undefined);
      assert.equal(await connection.send('EXISTS', name), 0);
    });

    it('misses whatever it did not write', async () => {
      const { cache, token, name } = fleet();
      const e = inSeconds(60);
      const foreign = [
        '',
        'x',
        'null',
        '[]',
        '5',
        '{"sub":"a"}',
        JSON.stringify({ v: 2, e, c: { sub: 'a' } }),
        JSON.stringify({ v: 1, e: String(e), c: { sub: 'a' } }),
        JSON.stringify({ v: 1, e, c: null }),
        JSON.stringify({ v: 1, e, c: ['a'] }),
        JSON.stringify({ v: 1, e: inSeconds(-1), c: { sub: 'a' } }),
        JSON.stringify({ v: 1, c: { sub: 'a' } }),
      ];
      for (const text of foreign) {
        await connection.send('SET', name, text);
        assert.equal(await cache.get(token), undefined, text);
      }
      await connection.send('SET', name, JSON.stringify({ v: 1, e, c: { sub: 'a' } }));
      assert.deepEqual(await cache.get(token), { sub: 'a' });
    });

    it('is a miss where the name holds something else than text', async () => {
      const { cache, token, name } = fleet();
      await connection.send('RPUSH', name, 'a');
      assert.equal(await cache.get(token), undefined);
      await cache.set(token, { sub: 'a' }, inSeconds(60));
      await assert.doesNotReject(cache.delete(token));
    });

    it('revokes a token for the fleet', async () => {
      const { cache, peer, token, name } = fleet();
      await peer.set(token, { sub: 'a' }, inSeconds(60));
      await cache.revoke(token);
      const entry = await peer.get(token);
      assert.deepEqual(Object.keys(entry), ['active', 'exp']);
      assert.equal(entry.active, false);
      assert.ok(Math.abs(entry.exp - inSeconds(86_400)) < 20, String(entry.exp));
      const left = Number(await connection.send('PTTL', name));
      assert.ok(left > 86_380_000 && left <= 86_401_000, `${left} ms`);
    });

    it('keeps a revocation whatever is set or deleted', async () => {
      const { cache, peer, token } = fleet();
      await cache.revoke(token, { ttl: 600 });
      await peer.set(token, { sub: 'a' }, inSeconds(3_600));
      await peer.delete(token);
      assert.equal((await peer.get(token)).active, false);
    });

    it('lets the last revocation say how long', async () => {
      const { cache, token, name } = fleet();
      await cache.revoke(token);
      await cache.revoke(token, { ttl: 60 });
      const left = Number(await connection.send('PTTL', name));
      assert.ok(left > 40_000 && left <= 61_000, `${left} ms`);
    });

    it('takes no claims for a revocation', async () => {
      const { cache, token } = fleet();
      await cache.set(token, { r: true, v: 1, active: false, exp: inSeconds(60) }, inSeconds(60));
      await cache.set(token, { sub: 'a' }, inSeconds(60));
      assert.deepEqual(await cache.get(token), { sub: 'a' });
    });

    it('never loses a revocation among concurrent writes', async () => {
      const { cache, peer, token } = fleet();
      const writes = (by) => Array.from({ length: 200 }, (_, n) => by.set(token, { n }, inSeconds(60)));
      await Promise.all([...writes(peer), ...writes(cache), cache.revoke(token), ...writes(peer), ...writes(cache)]);
      assert.equal((await peer.get(token)).active, false);
    });

    it('refuses a ttl that is no positive number', async () => {
      const { cache, token } = fleet();
      for (const ttl of [0, -1, Number.NaN, Infinity, '60', null]) {
        await assert.rejects(cache.revoke(token, { ttl }), MonoCloudValidationError);
      }
    });
  });
}

describe('RedisIntrospectionCache', () => {
  const client = { isOpen: true, get: async () => null, eval: async () => 1 };

  it('refuses wrong options', () => {
    const wrong = [
      [{}, '"client" must be a client of redis 4 or 5, or of ioredis 5'],
      [{ client: new Map() }, '"client" must be a client of redis 4 or 5, or of ioredis 5'],
      [{ client, prefix: 5 }, '"prefix" must be a string'],
      [{ client, secret: '' }, '"secret" must have at least 32 bytes'],
      [{ client, secret: new Uint8Array(31) }, '"secret" must have at least 32 bytes'],
      [{ client, secret: 32 }, '"secret" must have at least 32 bytes'],
      [{ client, encrypt: true }, '"encrypt" needs "secret"'],
      [{ client, timeout: 0 }, '"timeout" must be a positive number'],
      [{ client, timeout: '50' }, '"timeout" must be a positive number'],
      [{ client, breaker: { failures: 0 } }, '"breaker.failures" must be a positive number'],
    ];
    for (const [options, message] of wrong) {
      assert.throws(
        () => new RedisIntrospectionCache(options),
        (error) => {
          assert.ok(error instanceof MonoCloudValidationError);
          assert.equal(error.message, message);
          return true;
        },
      );
    }
  });

  it('reads the text of clients that answer bytes', async () => {
    const text = JSON.stringify({ v: 1, e: inSeconds(60), c: { sub: 'a' } });
    const cache = new RedisIntrospectionCache({ client: { ...client, get: async () => Buffer.from(text) } });
    assert.deepEqual(await cache.get('t'), { sub: 'a' });
  });

  it('shows nothing of its secret', () => {
    const cache = new RedisIntrospectionCache({ client, secret, encrypt: true });
    const shown = inspect(cache, { depth: Infinity, showHidden: true }) + JSON.stringify(cache);
    assert.ok(!shown.includes(secret), shown);
  });
});
