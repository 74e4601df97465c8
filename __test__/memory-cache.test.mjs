import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { MemoryIntrospectionCache, MonoCloudValidationError } from '@monocloud/backend-node';
import * as express from '@monocloud/backend-node/express';
import * as fastify from '@monocloud/backend-node/fastify';

const MINUTE = 60;
const inSeconds = () => Math.floor(Date.now() / 1000);
const claims = { iss: 'https://tenant.example', sub: 'user', aud: ['a', 'b'], nested: { deep: [1, { x: 'ü' }] } };

describe('MemoryIntrospectionCache', () => {
  it('is one class, whatever it is imported from', () => {
    assert.equal(express.MemoryIntrospectionCache, MemoryIntrospectionCache);
    assert.equal(fastify.MemoryIntrospectionCache, MemoryIntrospectionCache);
  });

  it('sets, gets, replaces and deletes', async () => {
    const cache = new MemoryIntrospectionCache();
    const until = inSeconds() + MINUTE;
    assert.equal(await cache.get('token'), undefined);
    assert.equal(await cache.set('token', claims, until), undefined);
    assert.deepEqual(await cache.get('token'), claims);
    await cache.set('token', { sub: 'other' }, until);
    assert.deepEqual(await cache.get('token'), { sub: 'other' });
    assert.equal(await cache.get('token '), undefined);
    assert.equal(cache.size, 1);
    assert.equal(await cache.delete('token'), undefined);
    assert.equal(await cache.get('token'), undefined);
    assert.equal(cache.size, 0);
    await cache.delete('token');
  });

  it('answers promises even to arguments that are wrong', async () => {
    const cache = new MemoryIntrospectionCache();
    const rows = [
      [() => cache.get(undefined), '"key" must be a string'],
      [() => cache.delete(1), '"key" must be a string'],
      [() => cache.set(null, claims, 1), '"key" must be a string'],
      [() => cache.set('token', null, 1), '"claims" must be of type object'],
      [() => cache.set('token', [], 1), '"claims" must be of type object'],
      [() => cache.set('token', 'text', 1), '"claims" must be of type object'],
      [() => cache.set('token', claims, NaN), '"expiresAt" must be a number'],
      [() => cache.set('token', claims), '"expiresAt" must be a number'],
    ];
    for (const [call, message] of rows) {
      await assert.rejects(call(), (error) => error instanceof MonoCloudValidationError && error.message === message);
    }
    assert.equal(cache.size, 0);
  });

  it('gives a fresh object each time and keeps none that it was given', async () => {
    const cache = new MemoryIntrospectionCache();
    const given = structuredClone(claims);
    await cache.set('token', given, inSeconds() + MINUTE);
    given.nested.deep.push('changed');
    const first = await cache.get('token');
    first.nested.deep[1].x = 'changed';
    first.sub = 'admin';
    assert.deepEqual(await cache.get('token'), claims);
  });

  it('keeps names as they are, __proto__ too', async () => {
    const cache = new MemoryIntrospectionCache();
    const text = '{"__proto__":{"admin":true},"constructor":1,"":2}';
    await cache.set('token', JSON.parse(text), inSeconds() + MINUTE);
    const found = await cache.get('token');
    assert.equal(JSON.stringify(found), text);
    assert.equal(found.admin, undefined);
  });

  it('ends entries by Date.now()', async (t) => {
    const cache = new MemoryIntrospectionCache();
    const start = 1_000_000_000;
    const clock = t.mock.method(Date, 'now', () => start * 1000);
    const at = (seconds) => clock.mock.mockImplementation(() => (start + seconds) * 1000);
    await cache.set('token', claims, start + 10);
    at(9.9);
    assert.deepEqual(await cache.get('token'), claims);
    at(10);
    assert.equal(await cache.get('token'), undefined);
    at(-86_400);
    assert.deepEqual(await cache.get('token'), claims);
    await cache.set('token', claims, start - 86_400);
    assert.equal(await cache.get('token'), undefined);
    await cache.set('token', claims, Infinity);
    at(1e9);
    assert.deepEqual(await cache.get('token'), claims);
  });

  it('keeps keys apart that have no UTF-8 form by keeping none of them', async () => {
    const cache = new MemoryIntrospectionCache();
    await cache.set('\ud800', claims, Infinity);
    assert.equal(await cache.get('\udbff'), undefined);
    assert.equal(await cache.get('\ufffd'), undefined);
    await cache.set('\u{10000}', claims, Infinity);
    assert.deepEqual(await cache.get('\u{10000}'), claims);
  });

  it('shows nothing of what it holds', async () => {
    const cache = new MemoryIntrospectionCache();
    await cache.set('token', claims, Infinity);
    assert.doesNotMatch(inspect(cache, { showHidden: true, depth: 9 }) + JSON.stringify(cache), /token"|user/);
  });
});

describe('bounds', () => {
  it('are 10,000 entries and 16 MiB', () => {
    const { maxEntries, maxBytes } = new MemoryIntrospectionCache();
    assert.deepEqual([maxEntries, maxBytes], [10_000, 16 * 1024 * 1024]);
  });

  it('are checked', () => {
    const rows = [
      [{ maxEntries: 0 }, '"maxEntries" must be greater than or equal to 1'],
      [{ maxEntries: 1.5 }, '"maxEntries" must be an integer'],
      [{ maxEntries: '?' }, '"maxEntries" must be a number'],
      [{ maxBytes: -1 }, '"maxBytes" must be greater than or equal to 1'],
      [{ maxBytes: Infinity }, '"maxBytes" cannot be infinity'],
      [{ maxEntries: 0, maxBytes: 0 }, '"maxEntries" must be greater than or equal to 1'],
      [{ name: '' }, '"name" is not allowed to be empty'],
      [{ name: {} }, '"name" must be a string'],
    ];
    for (const [options, message] of rows) {
      assert.throws(
        () => new MemoryIntrospectionCache(options),
        (error) => error instanceof MonoCloudValidationError && error.message === message,
      );
    }
    assert.throws(() => new MemoryIntrospectionCache('memory'), { message: '"options" must be of type object' });
    assert.equal(new MemoryIntrospectionCache({ maxEntries: undefined, maxBytes: 1 }).maxBytes, 1);
  });

  it('hold over 100,000 entries', async () => {
    const [many, large] = [new MemoryIntrospectionCache(), new MemoryIntrospectionCache({ maxBytes: 1 << 20 })];
    const body = { text: 'x'.repeat(1000) };
    for (let index = 0; index < 50_000; index += 1) {
      await many.set(`token ${index}`, { sub: `${index}` }, Infinity);
      await large.set(`token ${index}`, body, Infinity);
    }
    assert.equal(many.size, 10_000);
    assert.ok(large.size > 700 && large.size < (1 << 20) / 1000, `${large.size}`);
  });

  it('leave what is in use when unknown tokens flood in', async () => {
    const cache = new MemoryIntrospectionCache({ maxEntries: 100 });
    const used = Array.from({ length: 20 }, (_, index) => `used ${index}`);
    for (const key of used) await cache.set(key, claims, Infinity);
    for (let index = 0; index < 5_000; index += 1) {
      assert.equal(await cache.get(`unknown ${index}`), undefined);
      await cache.set(`unknown ${index}`, { active: false }, Infinity);
      if (index % 50 === 0) for (const key of used) await cache.get(key);
    }
    const left = await Promise.all(used.map((key) => cache.get(key)));
    assert.ok(left.filter((found) => found !== undefined).length >= 18);
    assert.equal(cache.size, 100);
  });
});

describe('names', () => {
  it('are shared; caches without one are not', async () => {
    const first = new MemoryIntrospectionCache({ name: 'shared', maxEntries: 7 });
    const second = new MemoryIntrospectionCache({ name: 'shared' });
    const others = [new MemoryIntrospectionCache({ name: 'Shared' }), new MemoryIntrospectionCache()];
    await first.set('token', claims, Infinity);
    assert.deepEqual(await second.get('token'), claims);
    assert.equal(second.maxEntries, 7, 'the first one sets the bounds');
    for (const other of others) assert.equal(await other.get('token'), undefined);
  });

  it('reach across worker threads', async () => {
    const cache = new MemoryIntrospectionCache({ name: 'threads' });
    await cache.set('token', claims, Infinity);
    const workerData = { name: 'threads', key: 'token', claims: { sub: 'worker' } };
    const worker = new Worker(new URL('./support/memory-cache-worker.mjs', import.meta.url), { workerData });
    const [[found]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    assert.deepEqual(found, claims);
    assert.deepEqual(await cache.get('token of the worker'), { sub: 'worker' });
  });
});
