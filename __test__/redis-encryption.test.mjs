import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import { libraries } from './support/redis-clients.mjs';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const secret = randomBytes(32);
const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

describe('RedisIntrospectionCache with encryption', needsRedis, () => {
  let redis;
  let connection;

  before(async () => {
    redis = await startRedis();
    connection = await libraries.at(-1).connect(redis.url);
  });
  after(async () => {
    connection?.close();
    await redis?.close();
  });

  const sealed = (options = {}) =>
    new RedisIntrospectionCache({ client: connection.client, secret, encrypt: true, timeout: 10_000, ...options });
  const nameOf = (token) => `monocloud:introspection:${createHmac('sha256', secret).update(token).digest('base64url')}`;
  const read = (token) => connection.send('GET', nameOf(token));
  const write = (token, text) => connection.send('SET', nameOf(token), text);

  it('stores nothing that can be read', async () => {
    const token = randomUUID();
    const claims = { sub: 'élise', scope: 'orders:read', exp: inSeconds(60) };
    await sealed().set(token, claims, claims.exp);
    const text = await read(token);
    assert.match(text, /^\{"v":1,"s":"[\w-]+"\}$/u);
    const bytes = Buffer.from(JSON.parse(text).s, 'base64url').toString('latin1');
    for (const plain of ['sub', 'lise', 'orders', String(claims.exp), token]) {
      assert.ok(!text.includes(plain) && !bytes.includes(plain), plain);
    }
    assert.deepEqual(await sealed().get(token), claims);
  });

  it('writes the same claims differently each time', async () => {
    const token = randomUUID();
    const expiresAt = inSeconds(60);
    await sealed().set(token, { sub: 'a' }, expiresAt);
    const first = await read(token);
    await sealed().set(token, { sub: 'a' }, expiresAt);
    assert.notEqual(await read(token), first);
  });

  it('accepts the secret as text or as bytes', async () => {
    const token = randomUUID();
    const text = 'a secret of at least thirty-two bytes';
    await sealed({ secret: text }).set(token, { sub: 'a' }, inSeconds(60));
    assert.deepEqual(await sealed({ secret: Buffer.from(text) }).get(token), { sub: 'a' });
  });

  it('misses entries that were altered anywhere', async () => {
    const token = randomUUID();
    await sealed().set(token, { sub: 'a' }, inSeconds(60));
    const { s } = JSON.parse(await read(token));
    const bytes = Buffer.from(s, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] ^= 1;
      await write(token, JSON.stringify({ v: 1, s: altered.toString('base64url') }));
      assert.equal(await sealed().get(token), undefined, `byte ${at}`);
    }
    for (const cut of [0, 11, 12, 27, 28, bytes.length - 1]) {
      await write(token, JSON.stringify({ v: 1, s: bytes.subarray(0, cut).toString('base64url') }));
      assert.equal(await sealed().get(token), undefined, `${cut} bytes`);
    }
    await write(token, JSON.stringify({ v: 1, s }));
    assert.deepEqual(await sealed().get(token), { sub: 'a' });
  });

  it('misses entries that were moved to another token', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    await sealed().set(theirs, { sub: 'admin' }, inSeconds(60));
    await write(mine, await read(theirs));
    assert.equal(await sealed().get(mine), undefined);
  });

  it('misses entries in another role, version or form', async () => {
    const token = randomUUID();
    const expiresAt = inSeconds(60);
    await sealed().set(token, { sub: 'a' }, expiresAt);
    const { s } = JSON.parse(await read(token));
    const wrong = [
      { v: 1, r: true, s },
      { v: 2, s },
      { v: 1, s: 5 },
      { v: 1, e: expiresAt, c: { sub: 'a' } },
      { v: 1, e: expiresAt, c: { sub: 'a' }, s: 'AAAA' },
    ];
    for (const stored of wrong) {
      await write(token, JSON.stringify(stored));
      assert.equal(await sealed().get(token), undefined, JSON.stringify(stored));
    }
  });

  it('misses what another secret or no encryption wrote', async () => {
    const token = randomUUID();
    await sealed({ encrypt: false }).set(token, { sub: 'a' }, inSeconds(60));
    assert.equal(await sealed().get(token), undefined);
    await sealed().set(token, { sub: 'a' }, inSeconds(60));
    assert.equal(await sealed({ encrypt: false }).get(token), undefined);
    const other = { secret: randomBytes(32) };
    assert.equal(await sealed(other).get(token), undefined);
  });

  it('does not let the expiry be extended', async () => {
    const token = randomUUID();
    await sealed().set(token, { sub: 'a' }, Date.now() / 1000 + 0.05);
    const text = await read(token);
    assert.ok(text === null || JSON.parse(text).e === undefined);
    // Redis forgot the entry at its time; whoever can write there brings it back.
    if (text !== null) {
      while ((await read(token)) !== null);
      await write(token, text);
      assert.equal(await sealed().get(token), undefined);
    }
  });

  it('keeps revocations, which only the secret can make', async () => {
    const token = randomUUID();
    await sealed().revoke(token, { ttl: 600 });
    assert.match(await read(token), /^\{"v":1,"r":true,"s":"[\w-]+"\}$/u);
    await sealed().set(token, { sub: 'a' }, inSeconds(3_600));
    await sealed().delete(token);
    assert.equal((await sealed().get(token)).active, false);
    const forged = { v: 1, r: true, e: inSeconds(60), c: { active: false, exp: inSeconds(60) } };
    await write(token, JSON.stringify(forged));
    assert.equal(await sealed().get(token), undefined);
  });
});
