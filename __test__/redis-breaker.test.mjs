import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';

const root = fileURLToPath(new URL('..', import.meta.url));
const CHANNEL = 'monocloud:backend:cache';

/** A client whose answers the test decides: `behaviour` is what each command does. */
function scripted(behaviour) {
  const command = () => {
    client.sent += 1;
    return client.behaviour();
  };
  const client = { status: 'ready', sent: 0, behaviour, get: command, eval: command };
  return client;
}

const works = async () => null;
const fails = async () => {
  throw new Error('refused');
};
const hangs = () => new Promise(() => {});

/** Time goes on only when the test says so. */
function stopClock(t) {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  return { advance: (milliseconds) => (now += milliseconds) };
}

function failuresOf(t) {
  const seen = [];
  const listener = (event) => seen.push(event);
  subscribe(CHANNEL, listener);
  t.after(() => unsubscribe(CHANNEL, listener));
  return seen;
}

async function sentBy(client, work) {
  const before = client.sent;
  await work();
  return client.sent - before;
}

// The channel is one for the process: what these tests count must not mix.
describe('the circuit breaker of RedisIntrospectionCache', { concurrency: false }, () => {
  it('opens after five consecutive failures', async (t) => {
    stopClock(t);
    const client = scripted(fails);
    const cache = new RedisIntrospectionCache({ client });
    for (let n = 0; n < 20; n += 1) assert.equal(await cache.get('t'), undefined);
    assert.equal(client.sent, 5);
  });

  it('stays closed while some commands succeed', async (t) => {
    stopClock(t);
    const client = scripted(fails);
    const cache = new RedisIntrospectionCache({ client });
    for (let n = 0; n < 40; n += 1) {
      client.behaviour = n % 5 === 4 ? works : fails;
      await cache.get('t');
    }
    assert.equal(client.sent, 40);
  });

  it('probes once after 1 s, and doubles that up to 30 s', async (t) => {
    const clock = stopClock(t);
    const client = scripted(fails);
    const cache = new RedisIntrospectionCache({ client });
    for (let n = 0; n < 5; n += 1) await cache.get('t');
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      clock.advance(seconds * 1_000 - 1);
      assert.equal(await sentBy(client, () => cache.get('t')), 0, `before ${seconds} s`);
      clock.advance(1);
      const together = () => Promise.all(Array.from({ length: 10 }, () => cache.get('t')));
      assert.equal(await sentBy(client, together), 1, `after ${seconds} s`);
    }
  });

  it('closes when a probe succeeds, and starts anew at 1 s', async (t) => {
    const clock = stopClock(t);
    const client = scripted(fails);
    const cache = new RedisIntrospectionCache({ client });
    const five = async () => {
      for (let n = 0; n < 5; n += 1) await cache.get('t');
    };
    await five();
    clock.advance(1_000);
    await cache.get('t');
    clock.advance(2_000);
    client.behaviour = works;
    assert.equal(await sentBy(client, five), 5);
    client.behaviour = fails;
    await five();
    clock.advance(1_000);
    assert.equal(await sentBy(client, five), 1);
  });

  it('follows its options', async (t) => {
    const clock = stopClock(t);
    const client = scripted(fails);
    const cache = new RedisIntrospectionCache({ client, breaker: { failures: 2, openFor: 10, openForAtMost: 15 } });
    for (let n = 0; n < 5; n += 1) await cache.get('t');
    assert.equal(client.sent, 2);
    for (const milliseconds of [10, 15, 15]) {
      clock.advance(milliseconds - 1);
      assert.equal(await sentBy(client, () => cache.get('t')), 0);
      clock.advance(1);
      assert.equal(await sentBy(client, () => cache.get('t')), 1);
    }
  });

  it('answers every method while it is open', async (t) => {
    stopClock(t);
    const cache = new RedisIntrospectionCache({ client: scripted(fails) });
    for (let n = 0; n < 5; n += 1) await cache.get('t');
    const seen = failuresOf(t);
    assert.equal(await cache.get('t'), undefined);
    assert.equal(await cache.set('t', { sub: 'a' }, Date.now() / 1000 + 60), undefined);
    assert.equal(await cache.delete('t'), undefined);
    await assert.rejects(cache.revoke('t'), /^Error: The revocation did not reach Redis: .*left alone/u);
    assert.deepEqual(
      seen.map(({ operation, error }) => [operation, error.code]),
      ['get', 'set', 'delete', 'revoke'].map((operation) => [operation, 'circuit_open']),
    );
  });

  it('gives up on a command after the timeout', async (t) => {
    const seen = failuresOf(t);
    const client = scripted(hangs);
    const cache = new RedisIntrospectionCache({ client, timeout: 5 });
    // The cache's timers do not keep a process alive; a Redis connection would.
    const alive = setInterval(() => {}, 1_000);
    t.after(() => clearInterval(alive));
    await Promise.all(Array.from({ length: 20 }, () => cache.get('t')));
    await assert.rejects(cache.revoke('t'), /did not reach Redis/u);
    assert.equal(client.sent, 20);
    const codes = seen.map(({ error }) => error.code);
    assert.deepEqual(codes, [...Array.from({ length: 20 }, () => 'timed_out'), 'circuit_open']);
  });

  it('takes an answer that came while the process was busy', async () => {
    // File system answers are delivered as a socket's are, after due timers.
    const client = scripted(() => stat('.').then(() => JSON.stringify({ v: 1, e: 1e12, c: { sub: 'a' } })));
    const cache = new RedisIntrospectionCache({ client, timeout: 5 });
    await new Promise(setImmediate);
    const claims = cache.get('t');
    const until = performance.now() + 100;
    while (performance.now() < until);
    assert.deepEqual(await claims, { sub: 'a' });
  });

  it('does not keep a process alive', async (t) => {
    const script = `
      import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
      const hangs = () => new Promise(() => {});
      new RedisIntrospectionCache({ client: { status: 'ready', get: hangs, eval: hangs }, timeout: 1e9 }).get('t');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit', cwd: root });
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    t.after(() => clearTimeout(limit));
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('ignores answers that come late, errors included', async (t) => {
    const late = [];
    const client = scripted(() => new Promise((resolve, reject) => late.push({ resolve, reject })));
    const cache = new RedisIntrospectionCache({ client, timeout: 5 });
    const alive = setInterval(() => {}, 1_000);
    t.after(() => clearInterval(alive));
    assert.deepEqual(await Promise.all([cache.get('t'), cache.get('t')]), [undefined, undefined]);
    // An unhandled rejection would fail the test.
    late[0].reject(new Error('late'));
    late[1].resolve('late');
    await new Promise(setImmediate);
  });

  it('lets a bounded number of commands wait', async (t) => {
    const clock = stopClock(t);
    const seen = failuresOf(t);
    const client = scripted(hangs);
    const cache = new RedisIntrospectionCache({ client, timeout: 5 });
    const alive = setInterval(() => {}, 1_000);
    t.after(() => clearInterval(alive));
    await Promise.all(Array.from({ length: 20_000 }, () => cache.get('t')));
    assert.equal(client.sent, 5_000);
    assert.ok(seen.some(({ error }) => error.code === 'overloaded'));
    // Those never answer, yet nothing is stuck once Redis does.
    clock.advance(1_000);
    client.behaviour = works;
    assert.equal(await sentBy(client, () => cache.get('t')), 1);
    assert.equal(await sentBy(client, () => cache.get('t')), 1);
  });

  it('sends nothing on a lost connection, and tries at once when it is back', async (t) => {
    stopClock(t);
    const seen = failuresOf(t);
    const client = scripted(works);
    const cache = new RedisIntrospectionCache({ client });
    for (const status of ['reconnecting', 'close', 'end']) {
      client.status = status;
      for (let n = 0; n < 10; n += 1) await cache.get('t');
    }
    assert.equal(client.sent, 0);
    assert.ok(seen.length === 30 && seen.every(({ error }) => error.code === 'not_connected'));
    for (const status of ['wait', 'connecting', 'connect', 'ready']) {
      client.status = status;
      assert.equal(await sentBy(client, () => cache.get('t')), 1, status);
    }
  });

  it('knows the lost connections of node-redis', async () => {
    const states = [
      [{ isOpen: false }, 0],
      [{ isOpen: false, isReady: false }, 0],
      [{ isOpen: true, isReady: false }, 0],
      [{ isOpen: true, isReady: true }, 1],
      [{ isOpen: true }, 1],
    ];
    for (const [state, expected] of states) {
      const { status: _, ...client } = scripted(works);
      let sent = 0;
      const get = async () => (sent += 1);
      await new RedisIntrospectionCache({ client: { ...client, ...state, get } }).get('t');
      assert.equal(sent, expected, JSON.stringify(state));
    }
  });

  it('tells what failed, but not what was sent', async (t) => {
    const seen = failuresOf(t);
    const error = Object.assign(new Error("ERR unknown command, with args beginning with: 'private'"), {
      command: { name: 'eval', args: ['private'] },
    });
    const reset = Object.assign(new Error('read'), { code: 'ECONNRESET' });
    const client = scripted(async () => {
      throw error;
    });
    const cache = new RedisIntrospectionCache({ client });
    await cache.set('t', { sub: 'private' }, Date.now() / 1000 + 60);
    client.behaviour = () => {
      throw reset;
    };
    await cache.get('t');
    client.behaviour = async () => {
      throw new RangeError('something');
    };
    await assert.rejects(cache.revoke('t'), ({ message, cause }) => {
      assert.equal(message, 'The revocation did not reach Redis: Redis failed: RangeError');
      return cause.code === 'failed';
    });
    assert.deepEqual(
      seen.map(({ operation, error: { message, cause } }) => [operation, message, cause]),
      [
        ['set', 'Redis failed: ERR', undefined],
        ['get', 'Redis failed: ECONNRESET', undefined],
        ['revoke', 'Redis failed: RangeError', undefined],
      ],
    );
  });
});
