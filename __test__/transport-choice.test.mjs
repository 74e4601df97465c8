import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { afterEach, mock, test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { Agent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici';
import { runScript } from './support/child-script.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

/** A tenant that only interception can reach. */
const ISSUER = 'https://tenant.invalid';
const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const METADATA = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` };
const OPTIONS = { tenantDomain: ISSUER, audience: 'urn:api' };

const nodeFetch = globalThis.fetch;
const nodeDispatcher = getGlobalDispatcher();

afterEach(() => {
  mock.restoreAll();
  assert.equal(globalThis.fetch, nodeFetch);
  assert.equal(getGlobalDispatcher(), nodeDispatcher);
});

async function tenantFor(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  return tenant;
}

/** Which transports the tenant's requests came by, in order. */
function agentsOf({ requests }) {
  return requests.map(({ headers }) => headers['user-agent'].split('/')[0]);
}

async function assertNative(t) {
  const tenant = await tenantFor(t);
  await new MonoCloudBackendNodeClient(tenant.clientOptions).getMetadata();
  assert.deepEqual(agentsOf(tenant), ['monocloud-backend-node']);
}

test('native while nothing asks for anything else', async (t) => {
  const tenant = await tenantFor(t);
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  await client.validateAccessToken(await tenant.issue());
  await client.validateAccessToken(await tenant.issue({ opaque: true }));
  assert.deepEqual(agentsOf(tenant), Array(3).fill('monocloud-backend-node'));
});

test('the fetcher of the client, for every request and for no other client', async (t) => {
  const tenant = await tenantFor(t);
  const fetcher = mock.fn((url, init) => fetch(url, init));
  const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, fetcher });
  await client.validateAccessToken(await tenant.issue());
  await client.validateAccessToken(await tenant.issue({ opaque: true }));
  assert.equal(fetcher.mock.callCount(), 3);
  await new MonoCloudBackendNodeClient(tenant.clientOptions).getMetadata();
  assert.equal(fetcher.mock.callCount(), 3);
  assert.deepEqual(agentsOf(tenant), ['node', 'node', 'node', 'monocloud-backend-node']);
});

test('the fetcher wins over a replaced fetch', async () => {
  const spy = mock.method(globalThis, 'fetch', () => assert.fail('not this one'));
  const client = new MonoCloudBackendNodeClient({ ...OPTIONS, fetcher: async () => Response.json(METADATA) });
  assert.deepEqual(await client.getMetadata(), METADATA);
  assert.equal(spy.mock.callCount(), 0);
});

test('a spy on fetch sees the requests, from the moment it is there until it is gone', async (t) => {
  const tenant = await tenantFor(t);
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  await client.getMetadata(true);
  const spy = mock.method(globalThis, 'fetch');
  await client.getMetadata(true);
  await client.introspectAccessToken(await tenant.issue({ opaque: true }));
  spy.mock.restore();
  await client.getMetadata(true);
  assert.deepEqual(agentsOf(tenant), ['monocloud-backend-node', 'node', 'node', 'monocloud-backend-node']);
  assert.deepEqual(
    spy.mock.calls.map(({ arguments: [url] }) => url),
    [`${tenant.issuer}/.well-known/openid-configuration`, `${tenant.issuer}/introspect`],
  );
});

test('fetch is looked up for every request of an operation', async (t) => {
  const tenant = await tenantFor(t);
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const seen = [];
  globalThis.fetch = async (url, init) => {
    seen.push(url);
    globalThis.fetch = nodeFetch;
    return nodeFetch(url, init);
  };
  await client.validateAccessToken(await tenant.issue());
  assert.deepEqual(seen, [`${tenant.issuer}/.well-known/openid-configuration`]);
  assert.deepEqual(agentsOf(tenant), ['node', 'monocloud-backend-node']);
});

test('a fetch that was replaced before the package was loaded', async (t) => {
  const tenant = await tenantFor(t);
  const { stdout, stderr, code } = await runScript(
    `const nodeFetch = globalThis.fetch;
     globalThis.fetch = (url, init) => (console.log(url), nodeFetch(url, init));
     const { MonoCloudBackendNodeClient } = await import('@monocloud/backend-node');
     const client = new MonoCloudBackendNodeClient(input.options);
     await client.validateAccessToken(input.token);`,
    { input: { options: tenant.clientOptions, token: await tenant.issue() } },
  );
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.equal(stdout, `${tenant.issuer}/.well-known/openid-configuration\n${tenant.issuer}/jwks\n`);
  assert.deepEqual(agentsOf(tenant), ['node', 'node']);
});

test('msw', async (t) => {
  const server = setupServer(http.get(DISCOVERY, () => HttpResponse.json(METADATA)));
  server.listen({ onUnhandledRequest: 'error' });
  const client = new MonoCloudBackendNodeClient(OPTIONS);
  try {
    assert.deepEqual(await client.getMetadata(), METADATA);
    server.use(http.get(DISCOVERY, () => HttpResponse.json({}, { status: 502 }), { once: true }));
    await assert.rejects(client.getMetadata(true), { status: 502, statusText: 'Bad Gateway' });
    server.use(http.get(DISCOVERY, () => HttpResponse.error(), { once: true }));
    await assert.rejects(client.getMetadata(true), { status: undefined, message: 'Failed to fetch' });
  } finally {
    server.close();
  }
  await assertNative(t);
});

test('nock, which intercepts from its import to its end', async (t) => {
  const { default: nock } = await import('nock');
  const scope = nock(ISSUER).get('/.well-known/openid-configuration').reply(200, METADATA);
  nock(ISSUER).get('/.well-known/openid-configuration').reply(429, 'slow down', { 'retry-after': '7' });
  const client = new MonoCloudBackendNodeClient(OPTIONS);
  try {
    assert.deepEqual(await client.getMetadata(), METADATA);
    await assert.rejects(client.getMetadata(true), ({ status, raw }) => {
      assert.equal(raw.headers['retry-after'], '7');
      return status === 429 && raw.body === 'slow down';
    });
    assert.ok(scope.isDone());
  } finally {
    nock.cleanAll();
    nock.restore();
  }
  await assertNative(t);
});

test("undici's MockAgent", async (t) => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const path = '/.well-known/openid-configuration';
  agent
    .get(ISSUER)
    .intercept({ path })
    .reply(200, METADATA, { headers: { 'content-type': 'application/json' } });
  setGlobalDispatcher(agent);
  try {
    assert.deepEqual(await new MonoCloudBackendNodeClient(OPTIONS).getMetadata(), METADATA);
    agent.assertNoPendingInterceptors();
  } finally {
    setGlobalDispatcher(nodeDispatcher);
    await agent.close();
  }
  await assertNative(t);
});

test('an agent with settings of its own is used, a plain one makes no difference', async (t) => {
  const tenant = await tenantFor(t);
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const agents = [new Agent(), new Agent({ keepAliveTimeout: 1000 }), new Agent({ connect: { timeout: 1000 } })];
  for (const agent of agents) {
    setGlobalDispatcher(agent);
    try {
      await client.getMetadata(true);
    } finally {
      setGlobalDispatcher(nodeDispatcher);
      await agent.close();
    }
  }
  assert.deepEqual(agentsOf(tenant), ['monocloud-backend-node', 'node', 'node']);
});
