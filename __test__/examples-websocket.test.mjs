import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { startScript } from './support/example-process.mjs';
import { mutualTls } from './support/mutual-tls.mjs';

async function start(t, file) {
  const { tenant, tls, presenting } = await mutualTls(t);
  const folder = mkdtempSync(join(tmpdir(), 'backend-node-websocket-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (name, text) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const { clientOptions } = tenant;
  const example = startScript(t, [`examples/websocket/${file}`], {
    PORT: '0',
    TLS_CERT: write('cert.pem', tls.cert),
    TLS_KEY: write('key.pem', tls.key),
    TLS_CLIENT_CA: write('ca.pem', tls.ca),
    MONOCLOUD_BACKEND_TENANT_DOMAIN: clientOptions.tenantDomain,
    MONOCLOUD_BACKEND_AUDIENCE: clientOptions.audience,
    MONOCLOUD_BACKEND_CLIENT_ID: clientOptions.clientId,
    MONOCLOUD_BACKEND_CLIENT_SECRET: clientOptions.clientSecret,
  });
  const [, url] = await example.line(/^listening on (\S+)$/);
  const [trusted, other, selfSigned] = await Promise.all([
    tenant.certificate({ commonName: 'svc-a' }),
    tenant.certificate({ commonName: 'svc-b' }),
    tenant.selfSignedCertificate({ commonName: 'svc-a' }),
  ]);
  return { tenant, presenting, url, trusted, other, selfSigned };
}

/** The first message, or the status of the refusal. */
function greet(url, { protocols = [], token, ...options }) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const webSocket = new WebSocket(url, protocols, { headers, ...options });
  return new Promise((resolve, reject) => {
    webSocket.on('message', (data) => {
      const { protocol } = webSocket;
      webSocket.terminate();
      resolve([String(data), protocol]);
    });
    webSocket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      resolve(statusCode);
    });
    webSocket.on('error', reject);
  });
}

test('examples/websocket/server.mjs: tokens and the certificates they are bound to', async (t) => {
  const { tenant, presenting, url, trusted, other } = await start(t, 'server.mjs');
  const scopes = ['orders:read'];
  const plain = await tenant.issue({ scopes });
  const bound = await tenant.issue({ scopes, boundTo: trusted.certificate });
  const tls = presenting();
  assert.deepEqual(await greet(url, { token: plain, ...tls }), ['hello test-user', '']);
  const protocols = (token) => ['orders', `bearer.${token}`];
  assert.deepEqual(await greet(url, { protocols: protocols(plain), ...tls }), ['hello test-user', 'orders']);
  assert.deepEqual(await greet(url, { token: bound, ...presenting(trusted) }), ['hello test-user', '']);
  assert.equal(await greet(url, { token: bound, ...presenting(other) }), 401);
  assert.equal(await greet(url, { token: bound, ...tls }), 401);
  assert.equal(await greet(url, { protocols: protocols('a.b.c'), ...tls }), 401);
  assert.equal(await greet(url, { token: await tenant.issue(), ...tls }), 403);
  assert.equal(await greet(url, tls), 401);
});

test('examples/websocket/server.mjs: a connection ends with its token', async (t) => {
  const { tenant, presenting, url } = await start(t, 'server.mjs');
  const token = await tenant.issue({ scopes: ['orders:read'], expiresIn: 1 });
  const webSocket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, ...presenting() });
  const [code, reason] = await new Promise((resolve, reject) => {
    webSocket.on('close', (...args) => resolve(args));
    webSocket.on('error', reject);
  });
  assert.deepEqual([code, String(reason)], [4401, 'token expired']);
});

test('examples/websocket/certificate.mjs: clientCertificateAuth on upgrades', async (t) => {
  const { presenting, url, trusted, other, selfSigned } = await start(t, 'certificate.mjs');
  assert.deepEqual(await greet(url, presenting(trusted)), ['hello svc-a', '']);
  for (const client of [other, selfSigned, undefined]) assert.equal(await greet(url, presenting(client)), 401);
});

test('examples/websocket/socket-io.mjs: certificates and tokens in the middleware of namespaces', async (t) => {
  const { tenant, presenting, url, trusted, other, selfSigned } = await start(t, 'socket-io.mjs');
  const ask = (namespace, client, auth) => {
    const options = { transports: ['websocket'], reconnection: false, forceNew: true, auth, ...presenting(client) };
    const socket = io(`${url}${namespace}`, options);
    return new Promise((resolve) => {
      socket.on('hello', resolve);
      socket.on('connect_error', ({ message, data }) => resolve([message, data?.status]));
    }).finally(() => socket.disconnect());
  };
  assert.equal(await ask('/services', trusted), 'svc-a');
  assert.deepEqual(await ask('/services', other), ['Forbidden', 403]);
  assert.deepEqual(await ask('/services', selfSigned), ['Forbidden', 403]);
  assert.deepEqual(await ask('/services'), ['Unauthorized', 401]);
  assert.equal(await ask('/people', undefined, { token: await tenant.issue() }), 'test-user');
  assert.deepEqual(await ask('/people', undefined, { token: await tenant.forge('expired') }), ['unauthorized', 401]);
  assert.deepEqual(await ask('/people', trusted), ['unauthorized', 401]);
});
