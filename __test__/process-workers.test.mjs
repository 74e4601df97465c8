import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { runScript } from './support/child-script.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

/** What the scripts share: `start` runs a text in a worker and waits for its first message. */
const PRELUDE = `
  import { once } from 'node:events';
  import { createRequire } from 'node:module';
  import { Worker } from 'node:worker_threads';
  import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
  const path = createRequire(process.cwd() + '/package.json').resolve('@monocloud/backend-node');
  const failures = [];
  process.on('unhandledRejection', (reason) => failures.push(reason));
  async function start(text) {
    const prelude = \`const { parentPort, workerData } = require('node:worker_threads');
      const { MonoCloudBackendNodeClient } = require(workerData.path);\`;
    const worker = new Worker(prelude + text, { eval: true, execArgv: [], workerData: { ...input, path } });
    worker.on('error', (error) => failures.push(error));
    const [message] = await once(worker, 'message');
    return { worker, message };
  }
`;

const VALIDATE = `(async () => {
  const client = new MonoCloudBackendNodeClient(workerData.options);
  const subjects = [];
  for (const token of workerData.tokens) subjects.push((await client.validateAccessToken(token)).sub);
  parentPort.postMessage(subjects.join(' '));
})();`;

async function tenantFor(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const input = {
    options: { ...tenant.clientOptions, responseTimeout: 50_000 },
    tokens: [await tenant.issue(), await tenant.issue({ opaque: true })],
  };
  return { tenant, input };
}

async function quietly(text, input) {
  const { stdout, ...end } = await runScript(PRELUDE + text, { input });
  assert.deepEqual(end, { code: 0, signal: null, stderr: '' });
  return stdout;
}

test('validates in worker threads, beside the main thread and after they have ended', async (t) => {
  const { input } = await tenantFor(t);
  const output = await quietly(
    `const client = new MonoCloudBackendNodeClient(input.options);
     const main = async () => console.log((await client.validateAccessToken(input.tokens[1])).sub);
     await main();
     const workers = await Promise.all([1, 2, 3, 4].map(() => start(${JSON.stringify(VALIDATE)})));
     for (const { message } of workers) console.log(message);
     await main();
     await Promise.all(workers.map(({ worker }) => worker.threadId === -1 || once(worker, 'exit')));
     await main();
     console.log(failures.length);`,
    input,
  );
  assert.equal(output, `test-user\n${'test-user test-user\n'.repeat(4)}test-user\ntest-user\n0\n`);
});

test('validates in a worker of a process whose main thread never loads the package', async (t) => {
  const { input } = await tenantFor(t);
  const { stdout, ...end } = await runScript(
    `import { createRequire } from 'node:module';
     import { once } from 'node:events';
     import { Worker } from 'node:worker_threads';
     const path = createRequire(process.cwd() + '/package.json').resolve('@monocloud/backend-node');
     for (let i = 0; i < 5; i += 1) {
       const text = "const { parentPort, workerData } = require('node:worker_threads');" +
         "const { MonoCloudBackendNodeClient } = require(workerData.path);" + input.validate;
       const worker = new Worker(text, { eval: true, execArgv: [], workerData: { ...input, path } });
       const exit = once(worker, 'exit');
       console.log(...(await once(worker, 'message')), ...(await exit));
     }`,
    { input: { ...input, validate: VALIDATE } },
  );
  assert.deepEqual(end, { code: 0, signal: null, stderr: '' });
  assert.equal(stdout, 'test-user test-user 0\n'.repeat(5));
});

for (const [where, stalled] of [
  ['while a response is awaited', { endpoint: 'discovery', delay: 3_600_000 }],
  ['in the middle of a body', { endpoint: 'discovery', stall: true }],
]) {
  test(`survives 10 workers that are terminated ${where}`, async (t) => {
    const { tenant, input } = await tenantFor(t);
    tenant.fail({ ...stalled, times: 10 });
    const stall = `new MonoCloudBackendNodeClient(workerData.options).getMetadata();
      fetch(workerData.options.tenantDomain + '/nowhere').then(() => parentPort.postMessage('under way'));`;
    const output = await quietly(
      `for (let i = 0; i < 10; i += 1) {
         const { worker } = await start(${JSON.stringify(stall)});
         await worker.terminate();
       }
       const client = new MonoCloudBackendNodeClient(input.options);
       for (const token of input.tokens) console.log((await client.validateAccessToken(token)).sub);
       console.log(failures.length);`,
      input,
    );
    assert.equal(output, 'test-user\ntest-user\n0\n');
  });
}

test('survives 20 workers that are terminated while they validate', async (t) => {
  const { input } = await tenantFor(t);
  const loop = `(async () => {
    const client = new MonoCloudBackendNodeClient({ ...workerData.options, jwksCacheDuration: 0 });
    const warm = new MonoCloudBackendNodeClient(workerData.options);
    await warm.validateAccessToken(workerData.tokens[0]);
    parentPort.postMessage('under way');
    for (;;) {
      await Promise.all([client, client, warm, warm].flatMap((each) =>
        workerData.tokens.map((token) => each.validateAccessToken(token))));
    }
  })();`;
  const output = await quietly(
    `const client = new MonoCloudBackendNodeClient({ ...input.options, jwksCacheDuration: 0 });
     for (let i = 0; i < 10; i += 1) {
       const workers = await Promise.all([start(${JSON.stringify(loop)}), start(${JSON.stringify(loop)})]);
       const outcomes = input.tokens.map((token) => client.validateAccessToken(token));
       await Promise.all(workers.map(({ worker }) => worker.terminate()));
       for (const { sub } of await Promise.all(outcomes)) console.log(sub);
     }
     console.log(failures.length);`,
    input,
  );
  assert.equal(output, `${'test-user\n'.repeat(20)}0\n`);
});

test('ends while workers are still under way', async (t) => {
  const { tenant, input } = await tenantFor(t);
  tenant.fail({ endpoint: 'discovery', stall: true });
  const stall = `new MonoCloudBackendNodeClient(workerData.options).getMetadata(); parentPort.postMessage('under way');`;
  const output = await quietly(
    `await Promise.all(Array.from({ length: 4 }, () => start(${JSON.stringify(stall)})));
     console.log(failures.length);
     process.exit();`,
    input,
  );
  assert.equal(output, '0\n');
});
