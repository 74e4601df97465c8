import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, protectApi } from '@monocloud/backend-node/fastify';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import fastify from 'fastify';
import { createTestTenant } from '../dist/testing/index.js';
import { libraries } from './support/redis-clients.mjs';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const CALLERS = 8;
const TOKENS = 20;
/** Each of the six phases lasts for so many answers, and as long as REDIS_LOAD_SECONDS asks for all of them. */
const ANSWERS = 300;
const PHASE_SECONDS = Number(process.env.REDIS_LOAD_SECONDS ?? 0) / 6;
/** Far above the cache's timeout of 50 ms, so that only a request that hangs gets there. */
const LONGEST = 5_000;

async function startApi(t, library) {
  const redis = await startRedis();
  t.after(() => redis.close());
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const connection = await library.connect(redis.url);
  t.after(() => connection.close());
  const cache = new RedisIntrospectionCache({ client: connection.client, breaker: { openForAtMost: 1_000 } });
  const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, cache });
  const app = fastify({ forceCloseConnections: true });
  app.get('/', { onRequest: protectApi(client)() }, async () => 'ok');
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => app.close());
  return { redis, tenant, url };
}

/** Callers that never pause. `phase` waits for a phase's worth of answers and tells the latencies. */
function startLoad(t, url, tokens) {
  let running = true;
  let answered = 0;
  let latencies = [];
  const wrong = new Map();
  let onAnswer = () => {};

  const call = async (caller) => {
    for (let n = caller; running; n += CALLERS) {
      const started = performance.now();
      const headers = { authorization: `Bearer ${tokens[n % tokens.length]}` };
      const response = await fetch(url, { headers });
      await response.text();
      latencies.push(performance.now() - started);
      if (response.status !== 200) wrong.set(response.status, (wrong.get(response.status) ?? 0) + 1);
      answered += 1;
      onAnswer();
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  callers.catch(() => {});
  t.after(() => (running = false));

  return {
    wrong,
    async phase(isOver = () => true) {
      latencies = [];
      const from = answered;
      const until = performance.now() + PHASE_SECONDS * 1_000;
      const over = new Promise((resolve) => {
        onAnswer = () => {
          if (answered - from >= ANSWERS && performance.now() >= until && isOver()) resolve();
        };
      });
      await Promise.race([over, callers]);
      return latencies.sort((a, b) => a - b);
    },
    async stop() {
      running = false;
      await callers;
      return answered;
    },
  };
}

for (const library of libraries) {
  describe(`an API with RedisIntrospectionCache over ${library.name}, under load`, needsRedis, () => {
    it('answers every valid token while Redis is killed, restarted and stalled', async (t) => {
      const { redis, tenant, url } = await startApi(t, library);
      const tokens = await Promise.all(Array.from({ length: TOKENS }, () => tenant.issue({ opaque: true })));
      const failures = new Map();
      const listener = ({ result, error }) => {
        if (result === 'error') failures.set(error.code, (failures.get(error.code) ?? 0) + 1);
      };
      subscribe('monocloud:backend:cache', listener);
      t.after(() => unsubscribe('monocloud:backend:cache', listener));

      const load = startLoad(t, url, tokens);
      // Redis serves again when many answers in a row needed no introspection.
      const served = () => {
        let [introspections, answers] = [tenant.requests.length, 0];
        return () => {
          if (tenant.requests.length !== introspections) [introspections, answers] = [tenant.requests.length, 0];
          return (answers += 1) > 10 * TOKENS;
        };
      };
      const phases = [
        ['with Redis', () => {}, served],
        ['killed', () => redis.kill()],
        ['restarted', () => redis.restart(), served],
        ['stalled', () => redis.stall()],
        ['stalled and killed', () => redis.kill()],
        ['restarted again', () => redis.restart(), served],
      ];
      for (const [name, begin, isOver] of phases) {
        await begin();
        const latencies = await load.phase(isOver?.());
        const at = (share) => `${latencies[Math.floor((latencies.length - 1) * share)].toFixed(1)} ms`;
        t.diagnostic(`${name}: ${latencies.length} answers, median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}`);
        assert.ok(latencies.at(-1) < LONGEST, name);
      }
      const answered = await load.stop();
      t.diagnostic(`${answered} answers; cache failures ${JSON.stringify(Object.fromEntries(failures))}`);
      assert.deepEqual(Object.fromEntries(load.wrong), {});
      assert.ok(failures.size > 0);
    });
  });
}
