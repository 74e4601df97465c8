import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const ISSUER = 'https://tenant.example.com';
const AUDIENCE = 'urn:api';
const METADATA = {
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/keys`,
  introspection_endpoint: `${ISSUER}/introspect`,
};
const CLAIMS = { active: true, iss: ISSUER, aud: AUDIENCE, sub: 'user' };

/** A fetcher that answers from a map of documents and keeps its arguments. */
function recorder(documents) {
  const calls = [];
  const fetcher = async (...args) => {
    calls.push(args);
    return Response.json(documents[args[0]]);
  };
  return { fetcher, calls };
}

function introspecting(options = {}, Client = MonoCloudBackendNodeClient) {
  const { fetcher, calls } = recorder({
    [`${ISSUER}/.well-known/openid-configuration`]: METADATA,
    [METADATA.introspection_endpoint]: CLAIMS,
  });
  const all = { clientId: 'the api', clientSecret: 's3cret/+&=é', fetcher, ...options };
  const client =
    Client === MonoCloudBackendNodeClient
      ? new Client({ tenantDomain: ISSUER, audience: AUDIENCE, ...all })
      : new Client(ISSUER, AUDIENCE, all);
  return { client, calls };
}

test('discovery and keys: a URL and an init with nothing but the signal', async () => {
  const { fetcher, calls } = recorder({
    [`${ISSUER}/.well-known/openid-configuration`]: METADATA,
    [METADATA.jwks_uri]: { keys: [] },
  });
  const client = new MonoCloudBackendNodeClient({ tenantDomain: ISSUER, audience: AUDIENCE, fetcher });
  await client.getJwks();
  assert.deepEqual(
    calls.map(([url]) => url),
    [`${ISSUER}/.well-known/openid-configuration`, METADATA.jwks_uri],
  );
  for (const args of calls) {
    assert.equal(args.length, 2);
    assert.equal(typeof args[0], 'string');
    assert.deepEqual(Object.keys(args[1]), ['signal']);
    assert.ok(args[1].signal instanceof AbortSignal);
    assert.equal(args[1].signal.aborted, false);
  }
  assert.notEqual(calls[0][1].signal, calls[1][1].signal);
});

test('without a timeout the init is empty', async () => {
  for (const responseTimeout of [undefined, 0, -1]) {
    const { fetcher, calls } = recorder({ [`${ISSUER}/.well-known/openid-configuration`]: METADATA });
    await new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { fetcher, responseTimeout }).getMetadata();
    assert.deepEqual(calls, [[`${ISSUER}/.well-known/openid-configuration`, {}]]);
  }
});

test('introspection: method, body, headers and signal, all of plain kinds', async () => {
  const { client, calls } = introspecting();
  await client.introspectAccessToken('opaque token~*+é');
  const [url, init] = calls[1];
  assert.equal(url, METADATA.introspection_endpoint);
  assert.deepEqual(Object.keys(init).sort(), ['body', 'headers', 'method', 'signal']);
  assert.equal(init.method, 'POST');
  assert.equal(Object.getPrototypeOf(init.headers), Object.prototype);
  assert.deepEqual(init.headers, {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  });
  const expected = new URLSearchParams([
    ['token', 'opaque token~*+é'],
    ['token_type_hint', 'access_token'],
    ['client_id', 'the api'],
    ['client_secret', 's3cret/+&=é'],
  ]);
  assert.equal(init.body, expected.toString());
});

test('introspection with client_secret_basic: the header, and nothing in the body', async () => {
  const { client, calls } = introspecting({ clientAuthMethod: 'client_secret_basic' });
  await client.introspectAccessToken('opaque');
  const { body, headers } = calls[1][1];
  assert.equal(body, 'token=opaque&token_type_hint=access_token');
  assert.deepEqual(headers, {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    authorization: `Basic ${Buffer.from('the api:s3cret/+&=é').toString('base64')}`,
  });
});

test('introspection without a timeout has no signal', async () => {
  const { client, calls } = introspecting({}, MonoCloudOidcBackendClient);
  await client.introspectAccessToken('opaque');
  assert.deepEqual(Object.keys(calls[1][1]).sort(), ['body', 'headers', 'method']);
});

test('the init is a new object for every request', async () => {
  const { client, calls } = introspecting();
  await client.introspectAccessToken('one');
  await client.introspectAccessToken('two');
  const inits = calls.slice(1).map(([, init]) => init);
  assert.notEqual(inits[0], inits[1]);
  assert.notEqual(inits[0].headers, inits[1].headers);
  assert.match(inits[1].body, /^token=two&/);
});

test('both transports send the same requests', async (t) => {
  const tenant = await createTestTenant({
    clients: [{ clientId: 'the api', clientSecret: 's3cret/+&=é', method: 'client_secret_basic' }],
  });
  t.after(() => tenant.close());
  const tokens = [await tenant.issue(), await tenant.issue({ opaque: true })];
  const seen = [];
  for (const fetcher of [undefined, (url, init) => fetch(url, init)]) {
    const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, ...(fetcher && { fetcher }) });
    for (const token of tokens) {
      await client.validateAccessToken(token);
    }
    seen.push(
      tenant.requests.splice(0).map(({ method, path, body, headers }) => {
        const { 'content-type': type, 'content-length': length, accept, authorization } = headers;
        return { method, path, body, type, length, accept, authorization, cookie: headers.cookie };
      }),
    );
  }
  assert.equal(seen[0].length, 3);
  assert.deepEqual(seen[0], seen[1]);
});
