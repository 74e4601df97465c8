import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudHttpError } from '@monocloud/backend-node';
import { answerOf } from './support/transports.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const DISCOVERY = '/.well-known/openid-configuration';
const INTERNAL = [500, undefined, 'internal server error'];
const UNAVAILABLE = [503, undefined, 'service unavailable'];

/** A server that redirects from `/hop/<n>` down to `/hop/0`, which leads to `target`. */
async function createRedirector(t, target) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const left = Number(request.url.slice('/hop/'.length));
    const status = [301, 302, 303, 307, 308][left % 5];
    response.writeHead(status, { location: left === 0 ? target() : `/hop/${left - 1}` }).end('elsewhere');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${server.address().port}`, requests };
}

async function setUp(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const document = await (await fetch(tenant.issuer + DISCOVERY)).json();
  tenant.requests.splice(0);
  return { tenant, client, document };
}

describe('the native transport', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`follows ${status} from discovery and from the keys`, async (t) => {
      const { tenant, client, document } = await setUp(t);
      const moved = await createRedirector(t, () => `${tenant.issuer}/jwks`);
      const fault = { status, body: '', headers: { location: `${moved.base}/hop/0` }, times: 1 };
      tenant.fail({ endpoint: 'jwks', ...fault });
      tenant.fail({ endpoint: 'discovery', ...fault, headers: { location: `${DISCOVERY}?moved` } });
      assert.equal((await client.validateAccessToken(await tenant.issue())).sub, 'test-user');
      assert.deepEqual(await client.getMetadata(), document);
      assert.deepEqual(
        tenant.requests.map(({ path }) => path),
        [DISCOVERY, `${DISCOVERY}?moved`, '/jwks', '/jwks'],
      );
      assert.deepEqual(moved.requests, ['/hop/0']);
    });
  }

  test('follows three in a row, and takes the fourth for the answer', async (t) => {
    const { tenant, client } = await setUp(t);
    const redirector = await createRedirector(t, () => tenant.issuer + DISCOVERY);
    const lead = (hops) =>
      tenant.fail({
        endpoint: 'discovery',
        status: 302,
        body: '',
        headers: { location: `${redirector.base}/hop/${hops - 2}` },
        times: 1,
      });
    lead(3);
    assert.equal((await client.getMetadata(true)).issuer, tenant.issuer);
    lead(4);
    await assert.rejects(client.getMetadata(true), (error) => {
      assert.ok(error instanceof MonoCloudHttpError);
      assert.equal(error.message, 'Error while fetching metadata. Unexpected status code: 301');
      assert.equal(error.raw.body, 'elsewhere');
      return error.raw.headers.location === tenant.issuer + DISCOVERY;
    });
    assert.deepEqual(redirector.requests, ['/hop/1', '/hop/0', '/hop/2', '/hop/1', '/hop/0']);
  });

  test('a loop ends', async (t) => {
    const { tenant, client } = await setUp(t);
    tenant.fail({ endpoint: 'discovery', status: 302, body: '', headers: { location: DISCOVERY } });
    await assert.rejects(client.getMetadata(), { status: 302 });
    assert.equal(tenant.requests.length, 4);
    assert.deepEqual(await answerOf(client, await tenant.issue()), INTERNAL);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`never follows ${status} from introspection`, async (t) => {
      const { tenant, client } = await setUp(t);
      const elsewhere = await createRedirector(t, () => `${tenant.issuer}/introspect`);
      tenant.fail({ endpoint: 'introspection', status, body: '', headers: { location: `${elsewhere.base}/hop/0` } });
      const token = await tenant.issue({ opaque: true });
      await assert.rejects(client.validateAccessToken(token), {
        message: `Error while performing token introspection. Unexpected status code: ${status}`,
        status,
      });
      assert.deepEqual(elsewhere.requests, []);
      assert.deepEqual(await answerOf(client, token), INTERNAL);
    });
  }

  for (const location of ['https://127.0.0.1:1/', 'data:application/json,{}', 'https://', '', undefined]) {
    test(`does not follow to ${location}`, async (t) => {
      const { tenant, client } = await setUp(t);
      const headers = location === undefined ? {} : { location };
      tenant.fail({ endpoint: 'discovery', status: 302, body: 'moved', headers });
      await assert.rejects(client.getMetadata(), ({ status, raw }) => status === 302 && raw.body === 'moved');
    });
  }

  test('is not led off this machine over plain http', async (t) => {
    const { tenant, client } = await setUp(t);
    tenant.fail({ endpoint: 'discovery', status: 302, headers: { location: 'http://tenant.example.com/' } });
    await assert.rejects(client.getMetadata(), {
      message: 'refused to send a request over plain http to a host that is not loopback',
      status: undefined,
    });
  });
});

describe('metadata that names an address where nothing may be sent', () => {
  const PLAIN = 'refused to send a request over plain http to a host that is not loopback';
  const rows = [
    ['http://keys.example.com/', PLAIN],
    ['http://10.0.0.1/', PLAIN],
    ['http://localhost.example.com/', PLAIN],
    ['https://user:secret@127.0.0.1/', 'refused to send a request to a URL with user information'],
    ['https://[/', 'refused to send a request to an invalid URL'],
  ];
  for (const [url, message] of rows) {
    test(url, async (t) => {
      const { tenant, client, document } = await setUp(t);
      const body = { ...document, jwks_uri: url, introspection_endpoint: url };
      tenant.fail({ endpoint: 'discovery', body });
      for (const opaque of [false, true]) {
        const token = await tenant.issue({ opaque });
        await assert.rejects(client.validateAccessToken(token), (error) => {
          assert.ok(error instanceof MonoCloudHttpError);
          return error.message === message && error.status === undefined;
        });
        assert.deepEqual(await answerOf(client, token), UNAVAILABLE);
      }
    });
  }
});
