import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { runScript } from './support/child-script.mjs';
import { createConnectProxy } from './support/connect-proxy.mjs';
import { createSecureFront, filesOf } from './support/secure-front.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const VALIDATE = `
  import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
  const client = new MonoCloudBackendNodeClient(input.options);
  for (const token of input.tokens) {
    await client.validateAccessToken(token).then(
      ({ sub }) => console.log(sub),
      ({ constructor, message, status, cause }) => console.log(constructor.name, message, status, cause?.code),
    );
  }
`;

const ACCEPTED = { code: 0, signal: null, stderr: '', stdout: 'test-user\ntest-user\n' };

/** A tenant whose name only the proxy can resolve, unless `host` is given. */
async function setUp(t, { host = 'tenant.test', ...proxyOptions } = {}) {
  const front = await createSecureFront(t, { host });
  const proxy = await createConnectProxy(t, proxyOptions);
  const { ca } = await filesOf(t, { ca: front.ca });
  const tokens = [await front.token(), await front.opaque()];
  const validate = (env) =>
    runScript(VALIDATE, {
      env: { NODE_EXTRA_CA_CERTS: ca, ...env },
      input: { options: front.clientOptions, tokens },
    });
  return { front, proxy, validate, authority: `${host}:${front.port}` };
}

describe('proxies', { concurrency: 3 }, () => {
  test('HTTPS_PROXY: discovery, keys and introspection go through its tunnel', async (t) => {
    const { front, proxy, validate, authority } = await setUp(t);
    assert.deepEqual(await validate({ HTTPS_PROXY: proxy.url }), ACCEPTED);
    assert.deepEqual([...new Set(proxy.tunnels)], [authority]);
    assert.deepEqual(front.requests, ['/.well-known/openid-configuration', '/jwks', '/introspect']);
    assert.deepEqual([...new Set(proxy.authorizations)], [undefined]);
  });

  for (const [name, variables] of [
    ['https_proxy', ({ url }) => ({ https_proxy: url })],
    ['ALL_PROXY', ({ url }) => ({ ALL_PROXY: url })],
    ['HTTPS_PROXY without a scheme', ({ port }) => ({ HTTPS_PROXY: `127.0.0.1:${port}` })],
    ['HTTPS_PROXY over https_proxy', ({ url }) => ({ HTTPS_PROXY: url, https_proxy: 'http://127.0.0.1:1' })],
    ['NO_PROXY for others', ({ url }) => ({ HTTPS_PROXY: url, NO_PROXY: 'example.com,localhost,127.0.0.1' })],
  ]) {
    test(name, async (t) => {
      const { proxy, validate, authority } = await setUp(t);
      assert.deepEqual(await validate(variables(proxy)), ACCEPTED);
      assert.deepEqual([...new Set(proxy.tunnels)], [authority]);
    });
  }

  test('credentials in the URL are for the proxy alone', async (t) => {
    const { proxy, validate } = await setUp(t);
    const url = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
    assert.deepEqual(await validate({ HTTPS_PROXY: url }), ACCEPTED);
    const expected = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    assert.deepEqual([...new Set(proxy.authorizations)], [expected]);
  });

  for (const exception of ['localhost', '*', 'example.com, localhost']) {
    test(`NO_PROXY '${exception}' goes past the proxy`, async (t) => {
      const { proxy, validate } = await setUp(t, { host: 'localhost' });
      assert.deepEqual(await validate({ HTTPS_PROXY: proxy.url, NO_PROXY: exception }), ACCEPTED);
      assert.deepEqual(proxy.tunnels, []);
    });
  }

  test('no_proxy with an address', async (t) => {
    const { proxy, validate } = await setUp(t, { host: '127.0.0.1' });
    assert.deepEqual(await validate({ HTTPS_PROXY: proxy.url, no_proxy: '127.0.0.0/8' }), ACCEPTED);
    assert.deepEqual(proxy.tunnels, []);
  });

  test('HTTPS_PROXY is not for a tenant over plain http on this machine', async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const proxy = await createConnectProxy(t);
    const outcome = await runScript(VALIDATE, {
      env: { HTTPS_PROXY: proxy.url },
      input: { options: tenant.clientOptions, tokens: [await tenant.issue(), await tenant.issue({ opaque: true })] },
    });
    assert.deepEqual(outcome, ACCEPTED);
    assert.deepEqual(proxy.tunnels, []);
  });

  for (const refuseWith of [407, 502]) {
    test(`a tunnel refused with ${refuseWith} is a network failure`, async (t) => {
      const { front, proxy, validate } = await setUp(t, { refuseWith });
      const { stdout } = await validate({ HTTPS_PROXY: proxy.url });
      assert.equal(stdout, 'MonoCloudHttpError fetch failed undefined ERR_PROXY_TUNNEL\n'.repeat(2));
      assert.ok(proxy.tunnels.length > 0);
      assert.deepEqual(front.requests, []);
    });
  }

  test('a proxy that is not there is a network failure, and nothing goes past it', async (t) => {
    const { front, validate } = await setUp(t, { host: 'localhost' });
    const { stdout } = await validate({ HTTPS_PROXY: 'http://127.0.0.1:1' });
    assert.equal(stdout, 'MonoCloudHttpError fetch failed undefined ECONNREFUSED\n'.repeat(2));
    assert.deepEqual(front.requests, []);
  });

  test('a value that is no URL of a proxy is warned about, without its text', async (t) => {
    const { validate } = await setUp(t, { host: 'localhost' });
    const { stdout, stderr } = await validate({ HTTPS_PROXY: 'ftp://user:secret@proxy' });
    assert.equal(stdout, ACCEPTED.stdout);
    assert.match(stderr, /Warning: Ignoring the proxy for https:\/\/ requests: its value is not a URL of a proxy/);
    assert.doesNotMatch(stderr, /secret/);
  });
});
