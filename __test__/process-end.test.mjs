import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { runScript } from './support/child-script.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const QUIET_END = { code: 0, signal: null, stderr: '' };

async function tenantFor(t, options) {
  const tenant = await createTestTenant(options);
  t.after(() => tenant.close());
  return tenant;
}

for (const [transport, agent, options] of [
  ['natively', 'monocloud-backend-node', '{}'],
  ['through a fetcher', 'node', '{ fetcher: (url, init) => fetch(url, init) }'],
]) {
  test(`a script that validates JWTs and opaque tokens ${transport} ends by itself and says nothing`, async (t) => {
    const tenant = await tenantFor(t);
    const tokens = [await tenant.issue(), await tenant.issue({ opaque: true })];
    const { stdout, ...end } = await runScript(
      `import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
       const client = new MonoCloudBackendNodeClient({ ...input.options, responseTimeout: 3_600_000, ...${options} });
       for (const token of input.tokens) {
         console.log((await client.validateAccessToken(token)).sub);
       }`,
      { input: { options: tenant.clientOptions, tokens } },
    );
    assert.deepEqual(end, QUIET_END);
    assert.equal(stdout, 'test-user\ntest-user\n');
    const agents = new Set(tenant.requests.map(({ headers }) => headers['user-agent'].split('/')[0]));
    assert.deepEqual([...agents], [agent]);
  });
}

test('loading every entry and making a client opens nothing that must be closed', async () => {
  const { stdout, ...end } = await runScript(
    `import '@monocloud/backend-node/utils';
     import '@monocloud/backend-node/internal';
     import { protectApi } from '@monocloud/backend-node/express';
     import '@monocloud/backend-node/fastify';
     protectApi({ tenantDomain: 'https://example.com', audience: 'urn:api' })();
     await new Promise(setImmediate);
     console.log(process.getActiveResourcesInfo().filter((name) => !/^(Pipe|PipeWrap|TTY|TTYWrap)$/.test(name)));`,
  );
  assert.deepEqual(end, QUIET_END);
  assert.equal(stdout, '[]\n');
});

test('a validation under way keeps the process alive until it has ended', async (t) => {
  const tenant = await tenantFor(t);
  tenant.fail({ endpoint: 'discovery', delay: 100 });
  const { stdout, ...end } = await runScript(
    `import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
     const client = new MonoCloudBackendNodeClient(input.options);
     client.validateAccessToken(input.token).then(({ sub }) => console.log(sub));`,
    { input: { options: tenant.clientOptions, token: await tenant.issue() } },
  );
  assert.deepEqual(end, QUIET_END);
  assert.equal(stdout, 'test-user\n');
});

test('a validation that fails rejects its own promise and no other', async (t) => {
  const tenant = await tenantFor(t);
  tenant.fail({ endpoint: 'discovery', stall: true });
  const { stdout, ...end } = await runScript(
    `import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
     process.on('unhandledRejection', (reason) => console.log('unhandled', reason));
     class Impatient extends MonoCloudBackendNodeClient { responseTimeout = 50; }
     const transports = [{}, { fetcher: (url, init) => fetch(url, init) }, { fetcher: () => new Promise(() => {}) },
       { fetcher: () => { throw new Error('synchronous'); } }, { fetcher: () => Promise.reject(new Error('rejected')) }];
     const options = [...transports, { tenantDomain: input.closed }].map((more) => ({ ...input.options, ...more }));
     const outcomes = await Promise.allSettled(
       options.flatMap((each) => [new Impatient(each), new Impatient(each)]).map((client) => client.getJwks()),
     );
     console.log(outcomes.map(({ status }) => status).join(' '));`,
    { input: { options: tenant.clientOptions, closed: 'http://127.0.0.1:9' } },
  );
  assert.deepEqual(end, QUIET_END);
  assert.equal(stdout, `${Array(12).fill('rejected').join(' ')}\n`);
});

for (const [end, statement] of [
  ['process.exit', 'process.exit(7)'],
  ['an uncaught exception', "throw new Error('uncaught')"],
]) {
  test(`${end} ends the process at once, whatever is under way`, async () => {
    const { code, signal, stderr } = await runScript(
      `import { createServer } from 'node:http';
       import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
       process.on('uncaughtException', () => process.exit(7));
       let arrived = 0;
       const server = createServer((request, response) => {
         if (arrived % 2) response.writeHead(200).write('{');
         arrived += 1;
         if (arrived === 10) setImmediate(() => { ${statement}; });
       });
       server.listen(0, '127.0.0.1', () => {
         const options = { tenantDomain: 'http://127.0.0.1:' + server.address().port, audience: 'urn:api' };
         for (let i = 0; i < 10; i += 1) new MonoCloudBackendNodeClient(options).getMetadata();
       });`,
    );
    assert.deepEqual({ code, signal, stderr }, { code: 7, signal: null, stderr: '' });
  });
}

test('clients that are made, used and dropped leave nothing behind', async (t) => {
  const tenant = await tenantFor(t);
  const { stdout, ...end } = await runScript(
    `import { setImmediate as turn } from 'node:timers/promises';
     import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
     let collected = 0;
     const registry = new FinalizationRegistry(() => (collected += 1));
     const made = 200;
     async function use() {
       const client = new MonoCloudBackendNodeClient(input.options);
       registry.register(client);
       await client.validateAccessToken(input.token);
     }
     await use();
     const before = process.getActiveResourcesInfo().length;
     for (let i = 1; i < made; i += 1) await use();
     for (let i = 0; i < 100 && collected < made - 1; i += 1) { gc(); await turn(); }
     console.log(collected >= made - 1, process.getActiveResourcesInfo().length - before);`,
    { input: { options: tenant.clientOptions, token: await tenant.issue() }, nodeOptions: ['--expose-gc'] },
  );
  assert.deepEqual(end, QUIET_END);
  assert.equal(stdout, 'true 0\n');
});
