import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { runScript } from './support/child-script.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const QUIET_END = { code: 0, signal: null, stderr: '' };

let tenant;
let input;

before(async () => {
  tenant = await createTestTenant({ algorithms: ['RS256', 'ES512'] });
  const issue = (alg) => Promise.all(Array.from({ length: 20 }, () => tenant.issue({ alg, expiresIn: 3600 })));
  const { issuer: tenantDomain, audience } = tenant;
  const options = { tenantDomain, audience, signatureOffload: 'always', jwtCache: false };
  input = { options, light: await issue('RS256'), heavy: await issue('ES512') };
});

after(() => tenant.close());

const PRELUDE = `
  import { once } from 'node:events';
  import { createRequire } from 'node:module';
  import { Worker } from 'node:worker_threads';
  import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
  const path = createRequire(process.cwd() + '/package.json').resolve('@monocloud/backend-node');
  const client = new MonoCloudBackendNodeClient(input.options);
  await client.validateAccessToken(input.light[0]);
  const failures = [];
  process.on('unhandledRejection', (reason) => failures.push(reason));
  async function start(text) {
    const prelude = \`const { parentPort, workerData } = require('node:worker_threads');
      const { MonoCloudBackendNodeClient } = require(workerData.path);
      const client = new MonoCloudBackendNodeClient(workerData.options);\`;
    const worker = new Worker(prelude + text, { eval: true, execArgv: [], workerData: { ...input, path } });
    worker.on('error', (error) => failures.push(error));
    return worker;
  }
`;

async function run(text) {
  const { stdout, ...end } = await runScript(PRELUDE + text, { input });
  return { stdout, end };
}

describe('the pool', () => {
  it('keeps a process alive until the last verdict is there, and no longer', async () => {
    const { stdout, end } = await run(
      `console.log(process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)));
       const all = [...input.heavy, ...input.light].map((token) => client.validateAccessToken(token));
       Promise.all(all).then((claims) => console.log(claims.length));`,
    );
    assert.deepEqual({ end, stdout }, { end: QUIET_END, stdout: '[]\n40\n' });
  });

  it('lets process.exit end the process with work in its queue', async () => {
    const { stdout, end } = await run(
      `for (let i = 0; i < 20_000; i += 1) client.validateAccessToken(input.heavy[i % 20]).then(() => console.log(i));
       process.exit(3);`,
    );
    assert.deepEqual({ end, stdout }, { end: { ...QUIET_END, code: 3 }, stdout: '' });
  });

  it('ends with an uncaught exception as usual', async () => {
    const { stdout, end } = await run(
      `process.on('uncaughtException', () => process.exit(4));
       client.validateAccessToken(input.light[0]).then(() => setImmediate(() => { throw new Error('uncaught'); }));
       for (let i = 0; i < 20_000; i += 1) client.validateAccessToken(input.heavy[i % 20]);`,
    );
    assert.deepEqual({ end, stdout }, { end: { ...QUIET_END, code: 4 }, stdout: '' });
  });

  it('serves worker threads and the main thread at the same time', async () => {
    const { stdout, end } = await run(
      `const validate = "Promise.all(Array.from({ length: 500 }, (_, i) => client.validateAccessToken(workerData.light[i % 20])))" +
         ".then((claims) => parentPort.postMessage(claims.length));";
       const workers = await Promise.all([1, 2, 3, 4].map(() => start(validate)));
       const messages = workers.map(async (worker) => (await once(worker, 'message'))[0]);
       const own = await Promise.all(Array.from({ length: 500 }, (_, i) => client.validateAccessToken(input.light[i % 20])));
       console.log(own.length, ...(await Promise.all(messages)), failures.length);`,
    );
    assert.deepEqual({ end, stdout }, { end: QUIET_END, stdout: '500 500 500 500 500 0\n' });
  });

  it('survives worker threads that are terminated while it works for them, and serves those that follow', async () => {
    const { stdout, end } = await run(
      `const flood = "client.validateAccessToken(workerData.light[0]).then(() => {" +
         "for (let i = 0; i < 2000; i += 1) client.validateAccessToken(workerData.heavy[i % 20]);" +
         "parentPort.postMessage('under way'); });";
       for (let round = 0; round < 5; round += 1) {
         const workers = await Promise.all([start(flood), start(flood)]);
         await Promise.all(workers.map((worker) => once(worker, 'message')));
         const own = input.light.map((token) => client.validateAccessToken(token));
         await Promise.all(workers.map((worker) => worker.terminate()));
         console.log((await Promise.all(own)).length);
       }
       const last = await start("client.validateAccessToken(workerData.heavy[0]).then(({ sub }) => parentPort.postMessage(sub));");
       console.log((await once(last, 'message'))[0], failures.length);`,
    );
    assert.deepEqual({ end, stdout }, { end: QUIET_END, stdout: `${'20\n'.repeat(5)}test-user 0\n` });
  });

  it('works in a worker whose process never loads the package', async () => {
    const { stdout, ...end } = await runScript(
      `import { createRequire } from 'node:module';
       import { once } from 'node:events';
       import { Worker } from 'node:worker_threads';
       const path = createRequire(process.cwd() + '/package.json').resolve('@monocloud/backend-node');
       for (let i = 0; i < 3; i += 1) {
         const text = "const { parentPort, workerData } = require('node:worker_threads');" +
           "const { MonoCloudBackendNodeClient } = require(workerData.path);" +
           "const client = new MonoCloudBackendNodeClient(workerData.options);" +
           "client.validateAccessToken(workerData.heavy[0]).then(({ sub }) => parentPort.postMessage(sub));";
         const worker = new Worker(text, { eval: true, execArgv: [], workerData: { ...input, path } });
         const exit = once(worker, 'exit');
         console.log(...(await once(worker, 'message')), ...(await exit));
       }`,
      { input },
    );
    assert.deepEqual({ ...end, stdout }, { ...QUIET_END, stdout: 'test-user 0\n'.repeat(3) });
  });
});
