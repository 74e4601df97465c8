import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { clientOf, count, errorsOf, repeat, tenantFor, until } from './support/outage-tenant.mjs';

const main = createRequire(import.meta.url).resolve('@monocloud/backend-node');

/** Validates as often as it is told, all at once, and says how many succeeded. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { MonoCloudBackendNodeClient } = require(workerData.main);
const client = new MonoCloudBackendNodeClient(workerData.options);
parentPort.on('message', async (times) => {
  const validations = Array.from({ length: times }, () => client.validateAccessToken(workerData.token));
  const settled = await Promise.allSettled(validations);
  parentPort.postMessage(settled.filter(({ status }) => status === 'fulfilled').length);
});
parentPort.postMessage('ready');
`;

async function workerOf(t, tenant, token, options) {
  const workerData = { main, token, options: { ...tenant.clientOptions, ...options } };
  const worker = new Worker(WORKER, { eval: true, workerData });
  t.after(() => worker.terminate());
  assert.deepEqual(await once(worker, 'message'), ['ready']);
  return worker;
}

/** Runs a script in a process of its own, which has to end by itself. */
async function run(script, tenant, token) {
  const environment = { ...process.env, OPTIONS: JSON.stringify(tenant.clientOptions), TOKEN: token, MAIN: main };
  const prelude = `const { MonoCloudBackendNodeClient } = require(process.env.MAIN);
    const options = JSON.parse(process.env.OPTIONS); const token = process.env.TOKEN;`;
  const child = spawn(process.execPath, ['--unhandled-rejections=strict', '-e', prelude + script], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const [code, signal] = await once(child, 'close');
  assert.deepEqual([code, signal], [0, null], output);
  return output.trim();
}

describe('Worker threads', () => {
  it('share discovery and keys at a cold start', async (t) => {
    const tenant = await tenantFor(t);
    const token = await tenant.issue();
    tenant.fail({ endpoint: 'discovery', delay: 200, times: 1 });
    const workers = await Promise.all(repeat(4, () => workerOf(t, tenant, token)));
    const answers = workers.map((worker) => once(worker, 'message'));
    workers.forEach((worker) => worker.postMessage(50));
    assert.deepEqual(
      await Promise.all(answers),
      repeat(4, () => [50]),
    );
    await clientOf(tenant).validateAccessToken(token);
    assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 1]);
  });

  for (const endpoint of ['discovery', 'jwks']) {
    it(`go on when the one that fetched ${endpoint} is terminated`, async (t) => {
      const tenant = await tenantFor(t);
      const token = await tenant.issue();
      tenant.fail({ endpoint, stall: true, times: 1 });
      const [leader, other] = await Promise.all(repeat(2, () => workerOf(t, tenant, token)));
      leader.postMessage(1);
      await until(() => count(tenant, endpoint) === 1, 'the request of the leader');
      const answer = once(other, 'message');
      other.postMessage(10);
      const own = Promise.all(repeat(10, () => clientOf(tenant).validateAccessToken(token)));
      await leader.terminate();
      await own;
      assert.deepEqual(await answer, [10]);
      assert.equal(count(tenant, endpoint), 2);
    });
  }

  it('hold nobody up who waits for a fetch of theirs while they compute', async (t) => {
    const tenant = await tenantFor(t);
    const token = await tenant.issue();
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { MonoCloudBackendNodeClient } = require(workerData.main);
      new MonoCloudBackendNodeClient(workerData.options).validateAccessToken(workerData.token);
      parentPort.postMessage(Atomics.wait(workerData.gate, 0, 0, 30_000));`;
    const workerData = { main, token, gate, options: tenant.clientOptions };
    const worker = new Worker(script, { eval: true, workerData });
    t.after(() => worker.terminate());
    await until(() => count(tenant, 'discovery') === 1, 'the request of the worker');
    await clientOf(tenant).validateAccessToken(token);
    const answer = once(worker, 'message');
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    assert.notDeepEqual(await answer, ['timed-out']);
    assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 1]);
  });

  it('end while a refresh of theirs is under way, and nobody is stuck with it', async (t) => {
    const tenant = await tenantFor(t);
    const token = await tenant.issue();
    const options = { jwksCacheDuration: 0, responseTimeout: 1000 };
    const worker = await workerOf(t, tenant, token, options);
    const answer = once(worker, 'message');
    worker.postMessage(1);
    assert.deepEqual(await answer, [1]);
    tenant.fail({ endpoint: 'jwks', stall: true, times: 1 });
    worker.postMessage(1);
    await until(() => count(tenant, 'jwks') === 2, 'the refresh');
    await worker.terminate();
    const client = clientOf(tenant, options);
    assert.deepEqual(await errorsOf(repeat(20, () => client.validateAccessToken(token))), []);
    await until(async () => (await errorsOf([client.getJwks(true)])).length === 0, 'the keys');
  });
});

describe('The end of a process', () => {
  it('waits for no pause', async (t) => {
    const tenant = await tenantFor(t);
    tenant.fail({ endpoint: 'discovery', status: 503, headers: { 'retry-after': '30' } });
    const output = await run(
      `new MonoCloudBackendNodeClient(options).validateAccessToken(token)
        .catch((error) => console.log(error.status, Math.round(error.retryAfter)));`,
      tenant,
      await tenant.issue(),
    );
    assert.equal(output, '503 30');
  });

  it('waits for no refresh in the background', async (t) => {
    const tenant = await tenantFor(t);
    // The first answer is sound, the one to the refresh never ends.
    tenant.fail({ endpoint: 'jwks', headers: {}, times: 1 });
    tenant.fail({ endpoint: 'jwks', stall: true });
    const output = await run(
      `(async () => {
        const client = new MonoCloudBackendNodeClient({ ...options, responseTimeout: 1e9 });
        await client.validateAccessToken(token);
        const now = Date.now;
        Date.now = () => now() + 299_000;
        await client.validateAccessToken(token);
        await client.getMetadata(true);
        console.log('validated');
      })();`,
      tenant,
      await tenant.issue({ expiresIn: 7200 }),
    );
    assert.equal(output, 'validated');
    assert.equal(count(tenant, 'jwks'), 2);
  });

  it('comes with validations in flight', async (t) => {
    const tenant = await tenantFor(t);
    tenant.fail({ endpoint: 'jwks', stall: true });
    const output = await run(
      `for (let i = 0; i < 50; i += 1) {
        new MonoCloudBackendNodeClient(options).validateAccessToken(token).catch(() => undefined);
      }
      setTimeout(() => { console.log('leaving'); process.exit(0); }, 50);`,
      tenant,
      await tenant.issue(),
    );
    assert.equal(output, 'leaving');
  });
});

describe('Mixed load', () => {
  it('brings no wrong verdict and no unhandled rejection, and the process ends', async () => {
    const soak = fileURLToPath(new URL('../scripts/soak.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', soak, '--seconds', process.env.SOAK_SECONDS ?? '5'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    assert.match(output, /RSS/);
  });
});
