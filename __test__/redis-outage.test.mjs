import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import { libraries } from './support/redis-clients.mjs';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

/** A server, a connection, a cache that looks soon after an outage, and one that outwaits a busy machine. */
async function setUp(t, library) {
  const redis = await startRedis();
  t.after(() => redis.close());
  const connection = await library.connect(redis.url);
  t.after(() => connection.close());
  const breaker = { openFor: 20, openForAtMost: 100 };
  const { client } = connection;
  return {
    redis,
    cache: new RedisIntrospectionCache({ client, breaker }),
    patient: new RedisIntrospectionCache({ client, timeout: 10_000 }),
  };
}

/** Until Redis serves the cache again; the test's time limit ends a cache that never recovers. */
async function recovered(cache) {
  const token = randomUUID();
  for (;;) {
    await cache.set(token, { sub: 'a' }, inSeconds(60));
    if ((await cache.get(token)) !== undefined) return;
    await delay(10);
  }
}

for (const library of libraries) {
  describe(`RedisIntrospectionCache over ${library.name}, in an outage`, needsRedis, () => {
    it('misses while Redis is dead, and recovers when it is back', async (t) => {
      const { redis, cache, patient } = await setUp(t, library);
      await recovered(cache);
      await redis.kill();
      for (let n = 0; n < 50; n += 1) {
        const [claims] = await Promise.all([cache.get('t'), cache.set('t', {}, inSeconds(60)), cache.delete('t')]);
        assert.equal(claims, undefined);
        await assert.rejects(cache.revoke('t'), /^Error: The revocation did not reach Redis/u);
      }
      await redis.restart();
      await recovered(cache);
      await patient.revoke('t');
      assert.equal((await patient.get('t')).active, false);
    });

    it('misses while Redis is stalled, and recovers when it goes on', async (t) => {
      const { redis, cache } = await setUp(t, library);
      await recovered(cache);
      redis.stall();
      for (let n = 0; n < 50; n += 1) {
        const [claims] = await Promise.all([cache.get('t'), cache.set('t', {}, inSeconds(60)), cache.delete('t')]);
        assert.equal(claims, undefined);
        await assert.rejects(cache.revoke('t'), /^Error: The revocation did not reach Redis/u);
      }
      redis.resume();
      await recovered(cache);
    });

    it('keeps a revocation that came before writes that were held up', async (t) => {
      const { redis, patient } = await setUp(t, library);
      const way = await slowWay(t, redis.port);
      const connection = await library.connect(way.url);
      t.after(() => connection.close());
      const late = new RedisIntrospectionCache({ client: connection.client });
      way.hold();
      await Promise.all([late.set('t', { sub: 'a' }, inSeconds(60)), late.delete('t')]);
      await patient.revoke('t');
      way.release();
      await connection.send('PING');
      assert.equal((await patient.get('t')).active, false);
    });

    it('works with a client that finds no server at first', async (t) => {
      const redis = await startRedis();
      t.after(() => redis.close());
      await redis.kill();
      const connection = library.open(redis.url);
      t.after(() => connection.close());
      const cache = new RedisIntrospectionCache({ client: connection.client, breaker: { openFor: 20 } });
      for (let n = 0; n < 10; n += 1) assert.equal(await cache.get('t'), undefined);
      await redis.restart();
      await recovered(cache);
    });

    it('lets the process end when its client is closed', async (t) => {
      const { port } = await muteServer(t);
      const index = libraries.indexOf(library);
      const script = `
        import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
        import { libraries } from './__test__/support/redis-clients.mjs';
        const options = { enableReadyCheck: false, disableClientInfo: true };
        const connection = await libraries[${index}].connect('redis://127.0.0.1:${port}', options);
        const cache = new RedisIntrospectionCache({ client: connection.client });
        const answers = await Promise.all(Array.from({ length: 10 }, () => cache.get('t')));
        connection.close();
        console.log(JSON.stringify(answers.map((answer) => answer === undefined)));
      `;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
      t.after(() => child.kill('SIGKILL'));
      const output = Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
      const [code] = await once(child, 'exit');
      const [stdout, stderr] = (await output).map((chunks) => Buffer.concat(chunks).toString());
      assert.deepEqual([code, stderr], [0, '']);
      assert.equal(stdout.trim(), JSON.stringify(Array.from({ length: 10 }, () => true)));
    });
  });
}

/** Accepts connections and never says a word. */
async function muteServer(t) {
  return listen(t, (socket) => socket.resume());
}

/** A way to Redis on which everything that is sent can be held up. */
async function slowWay(t, redisPort) {
  const sockets = [];
  const { port } = await listen(t, (socket) => {
    const onward = connect(redisPort, '127.0.0.1');
    socket.on('close', () => onward.destroy());
    onward.on('error', () => {}).on('close', () => socket.destroy());
    onward.pipe(socket);
    socket.pipe(onward);
    sockets.push({ socket, onward });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    hold: () => sockets.forEach(({ socket, onward }) => socket.unpipe(onward)),
    release: () => sockets.forEach(({ socket, onward }) => socket.pipe(onward)),
  };
}

async function listen(t, onConnection) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: server.address().port };
}
