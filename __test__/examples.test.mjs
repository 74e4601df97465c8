import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTestTenant } from '../dist/testing/index.js';
import { startScript } from './support/example-process.mjs';

const INVALID = 'Bearer error="invalid_token"';
const FORBIDDEN = 'Bearer error="insufficient_scope"';

async function startTenant(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  return tenant;
}

/** The environment that configures an example, as the README has it. */
function variablesOf({ clientOptions }) {
  return {
    PORT: '0',
    MONOCLOUD_BACKEND_TENANT_DOMAIN: clientOptions.tenantDomain,
    MONOCLOUD_BACKEND_AUDIENCE: clientOptions.audience,
    MONOCLOUD_BACKEND_CLIENT_ID: clientOptions.clientId,
    MONOCLOUD_BACKEND_CLIENT_SECRET: clientOptions.clientSecret,
  };
}

async function startExample(t, file, tenant, variables) {
  const example = startScript(t, [`examples/${file}`], { ...variablesOf(tenant), ...variables });
  const [, url] = await example.line(/^listening on (\S+)$/);
  return { ...example, url };
}

async function ask(url, token, headers = token === undefined ? {} : { authorization: `Bearer ${token}` }) {
  const response = await fetch(url, { headers });
  const text = await response.text();
  const body = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, challenge: response.headers.get('www-authenticate'), body };
}

const passed = (body) => ({ status: 200, challenge: null, body });
const unauthorized = (challenge = INVALID) => ({ status: 401, challenge, body: { message: 'unauthorized' } });
const forbidden = { status: 403, challenge: FORBIDDEN, body: { message: 'forbidden' } };

describe('quickstarts', () => {
  for (const file of ['fastify/server.mjs', 'express/server.mjs']) {
    it(file, async (t) => {
      const tenant = await startTenant(t);
      const { url } = await startExample(t, file, tenant);
      const plain = await tenant.issue();
      assert.deepEqual(await ask(`${url}/me`), unauthorized('Bearer'));
      assert.deepEqual(await ask(`${url}/me`, plain), passed({ subject: 'test-user' }));
      assert.deepEqual(await ask(`${url}/me`, await tenant.issue({ opaque: true })), passed({ subject: 'test-user' }));
      assert.deepEqual(await ask(`${url}/me`, await tenant.forge('expired')), unauthorized());
      assert.deepEqual(await ask(`${url}/orders`, plain), forbidden);
      const reader = await tenant.issue({ scopes: ['openid', 'orders:read'] });
      assert.deepEqual(await ask(`${url}/orders`, reader), passed({ orders: [] }));
      assert.deepEqual(await ask(`${url}/admin`, plain), forbidden);
      const admin = await tenant.issue({ groups: [{ id: '1', name: 'admin' }] });
      assert.deepEqual(await ask(`${url}/admin`, admin), passed({ users: [] }));
    });
  }

  it('express/server.cjs', async (t) => {
    const tenant = await startTenant(t);
    const { url } = await startExample(t, 'express/server.cjs', tenant);
    const staff = await tenant.issue({ groups: ['staff'] });
    const both = await tenant.issue({ groups: ['staff', 'admin'] });
    assert.deepEqual(await ask(`${url}/me`, staff), passed({ subject: 'test-user' }));
    assert.deepEqual(await ask(`${url}/me`, '', { 'x-access-token': staff }), passed({ subject: 'test-user' }));
    assert.deepEqual(await ask(`${url}/admin`, staff), forbidden);
    assert.deepEqual(await ask(`${url}/admin`, both), passed({ users: [] }));
    assert.deepEqual(await ask(`${url}/me`, await tenant.issue({ expiresIn: -31 })), unauthorized());
  });

  it('client/server.mjs', async (t) => {
    const tenant = await startTenant(t);
    const { url, stderr, kill, end } = await startExample(t, 'client/server.mjs', tenant);
    const reader = await tenant.issue({ scopes: ['orders:read'] });
    assert.deepEqual(await ask(url), { status: 401, challenge: 'Bearer', body: undefined });
    assert.deepEqual(await ask(url, reader), passed({ subject: 'test-user' }));
    const tampered = await tenant.forge('tampered', { scopes: ['orders:read'] });
    assert.deepEqual(await ask(url, tampered), { status: 401, challenge: INVALID, body: undefined });
    assert.deepEqual(await ask(url, await tenant.issue()), { status: 403, challenge: FORBIDDEN, body: undefined });
    tenant.fail({ endpoint: 'introspection' });
    assert.deepEqual(await ask(url, 'opaque'), { status: 503, challenge: null, body: undefined });
    kill();
    await end();
    assert.deepEqual(stderr, [
      'signature_invalid JWT signature verification failed',
      'scopes_missing Token is missing required scopes',
      'status_unexpected Error while performing token introspection. Unexpected status code: 503',
    ]);
  });
});

describe('guides', () => {
  it('introspection-cache/server.mjs asks once about a token', async (t) => {
    const tenant = await startTenant(t);
    const { url } = await startExample(t, 'introspection-cache/server.mjs', tenant);
    const token = await tenant.issue({ opaque: true });
    for (let i = 0; i < 3; i += 1) assert.deepEqual(await ask(`${url}/me`, token), passed({ subject: 'test-user' }));
    assert.deepEqual(await ask(`${url}/me`, 'unknown'), unauthorized());
    assert.deepEqual(await ask(`${url}/me`, 'unknown'), unauthorized());
    assert.equal(tenant.requests.filter(({ endpoint }) => endpoint === 'introspection').length, 2);
  });

  it('certificate-binding/server.mjs has four answers', async (t) => {
    const tenant = await startTenant(t);
    const { url } = await startExample(t, 'certificate-binding/server.mjs', tenant, await tlsFiles(t, tenant));
    const right = await tenant.certificate();
    const bound = await tenant.issue({ boundTo: right.certificate });
    const overTls = (token, client) => askOverTls(url, token, { ca: tenant.ca, ...client });
    const other = await tenant.selfSignedCertificate();
    assert.deepEqual(await overTls(bound, right), { status: 200, body: { subject: 'test-user' } });
    const refused = { status: 401, body: { message: 'unauthorized' } };
    assert.deepEqual(await overTls(bound, other), refused);
    assert.deepEqual(await overTls(bound), refused);
    assert.deepEqual(await overTls(await tenant.issue(), right), refused);
  });

  it('certificate-binding/proxy.mjs believes its proxy', async (t) => {
    const tenant = await startTenant(t);
    const { url } = await startExample(t, 'certificate-binding/proxy.mjs', tenant);
    const right = await tenant.certificate({ commonName: 'svc-a' });
    const other = await tenant.certificate({ commonName: 'svc-b' });
    const bound = await tenant.issue({ boundTo: right.certificate });
    const via = (client, token) => ({
      ...(token && { authorization: `Bearer ${token}` }),
      ...(client && { 'x-forwarded-client-cert': `Cert="${encodeURIComponent(client.certificate)}"` }),
    });
    assert.deepEqual(await ask(url, '', via(right, bound)), passed({ subject: 'test-user' }));
    assert.deepEqual(await ask(url, '', via(other, bound)), unauthorized());
    assert.deepEqual(await ask(url, '', via(undefined, bound)), unauthorized());
    assert.deepEqual(await ask(url, '', via(right, await tenant.issue())), unauthorized());
    assert.deepEqual(await ask(`${url}/internal`, '', via(right)), passed({ service: 'svc-a' }));
    assert.equal((await ask(`${url}/internal`, '', via(other))).status, 403);
    assert.equal((await ask(`${url}/internal`)).status, 401);
  });

  it('testing/app.test.mjs passes', async (t) => {
    const tests = startScript(t, ['--test', '--test-reporter=tap', 'examples/testing/app.test.mjs']);
    assert.equal(await tests.end(), 0, tests.stdout.join('\n'));
    await tests.line(/^# pass 4$/);
  });
});

async function tlsFiles(t, tenant) {
  const folder = mkdtempSync(join(tmpdir(), 'backend-node-example-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { certificate, key } = await tenant.serverCertificate();
  const paths = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  writeFileSync(paths.TLS_CERT, certificate);
  writeFileSync(paths.TLS_KEY, key, { mode: 0o600 });
  return paths;
}

function askOverTls(url, token, { ca, certificate, key }) {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false, ca, cert: certificate, key }, async (response) => {
      const body = JSON.parse((await response.toArray()).join(''));
      resolve({ status: response.statusCode, body });
    });
    request.once('error', reject);
  });
}
