import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { describe, test } from 'node:test';
import { authenticateUpgrade, MonoCloudBackendNodeClient, UpgradeRefusal } from '@monocloud/backend-node';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';
import { WebSocket, WebSocketServer } from 'ws';
import testing from '../dist/testing/index.js';
import { channelMessages } from './support/channel-messages.mjs';
import { clientCertificates, HEADERS, mutualTls } from './support/mutual-tls.mjs';

const { createTestTenant } = testing;
const LOOPBACK = { trustedProxies: ['loopback'] };

/** A server that upgrades whom `options` admit; `outcomes` holds what came of each request. */
async function upgrading(t, options, { tls, server = tls ? https.createServer(tls) : http.createServer() } = {}) {
  const sockets = new WebSocketServer({ noServer: true });
  const outcomes = [];
  server.on('upgrade', async (request, socket, head) => {
    const outcome = await authenticateUpgrade(request, options);
    outcomes.push(outcome);
    server.emit('outcome', outcome);
    if (outcome.refusal) return outcome.refusal.writeTo(socket);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { claims, clientCertificate } = outcome;
      webSocket.send(JSON.stringify({ sub: claims?.sub, cn: clientCertificate?.subjectCN }));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    for (const webSocket of sockets.clients) webSocket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return { url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${server.address().port}`, server, outcomes };
}

/** What the server says first, or the answer that refuses the upgrade. */
async function connect(url, { token, headers, protocols = [], ...options } = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const webSocket = new WebSocket(url, protocols, { headers: { ...authorization, ...headers }, ...options });
  return new Promise((resolve, reject) => {
    webSocket.on('message', (data) => {
      webSocket.terminate();
      resolve(JSON.parse(data));
    });
    webSocket.on('unexpected-response', async (_request, response) => {
      const body = (await response.toArray()).join('');
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    webSocket.on('error', reject);
  });
}

async function tenantOf(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  return { tenant, client: new MonoCloudBackendNodeClient(tenant.clientOptions) };
}

function assertRefused({ status, headers, body }, expectedStatus, challenge, message = 'unauthorized') {
  assert.deepEqual(
    [status, headers['www-authenticate'], body],
    [expectedStatus, challenge, JSON.stringify({ message })],
  );
  assert.equal(headers.connection, 'close');
}

describe('tokens', () => {
  test('in the Authorization header', async (t) => {
    const { tenant, client } = await tenantOf(t);
    const { url, outcomes } = await upgrading(t, { client, scopes: ['read'] });
    for (const opaque of [false, true]) {
      const token = await tenant.issue({ scopes: ['read'], opaque });
      assert.deepEqual(await connect(url, { token }), { sub: 'test-user' });
      const poor = await tenant.issue({ opaque });
      assertRefused(await connect(url, { token: poor }), 403, 'Bearer error="insufficient_scope"', 'forbidden');
    }
    assertRefused(await connect(url), 401, 'Bearer');
    const expired = await tenant.forge('expired', { scopes: ['read'] });
    assertRefused(await connect(url, { token: expired }), 401, 'Bearer error="invalid_token"');
    assert.ok(outcomes.every(({ refusal }) => refusal === undefined || refusal instanceof UpgradeRefusal));
  });

  test('in a subprotocol or in the query', async (t) => {
    const { tenant, client } = await tenantOf(t);
    const tokenResolver = ({ headers, url }) =>
      headers['sec-websocket-protocol']?.split(/, */)[1] ?? new URL(url, 'ws://x').searchParams.get('token') ?? '';
    const { url } = await upgrading(t, { client, tokenResolver });
    const token = await tenant.issue();
    assert.deepEqual(await connect(url, { protocols: ['bearer', token] }), { sub: 'test-user' });
    assert.deepEqual(await connect(`${url}/?token=${token}`), { sub: 'test-user' });
    assertRefused(await connect(url, { token }), 401, 'Bearer');
  });

  test('while the tenant is away', async (t) => {
    const { tenant, client } = await tenantOf(t);
    const { url } = await upgrading(t, { client });
    tenant.fail({ endpoint: 'introspection' });
    const refused = await connect(url, { token: 'opaque' });
    assertRefused(refused, 503, undefined, 'service unavailable');
  });
});

describe('certificates', () => {
  test('of the connection, and tokens bound to them', async (t) => {
    const { tenant, tls, presenting } = await mutualTls(t);
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const own = await tenant.certificate({ commonName: 'svc-a' });
    const other = await tenant.certificate({ commonName: 'svc-b' });
    const selfSigned = await tenant.selfSignedCertificate({ commonName: 'svc-a' });
    const alone = await upgrading(t, { clientCertificate: { allowSubjectCNs: ['svc-a'] } }, { tls });
    assert.deepEqual(await connect(alone.url, presenting(own)), { cn: 'svc-a' });
    for (const [who, status] of [
      [other, 403],
      [selfSigned, 403],
      [undefined, 401],
    ]) {
      const { headers, ...refused } = await connect(alone.url, presenting(who));
      assert.deepEqual([refused.status, headers['content-type']], [status, 'application/problem+json']);
      assert.equal(JSON.parse(refused.body).status, status);
    }
    const binding = { client, validateCertificateBinding: true };
    const certificateResolver = clientCertificateResolver({ source: 'tls' });
    const token = await tenant.issue({ boundTo: own.certificate });
    const unbound = await tenant.issue();
    const invalid = 'Bearer error="invalid_token"';
    for (const options of [{ certificateResolver }, { clientCertificate: true }]) {
      const bound = await upgrading(t, { ...binding, ...options }, { tls });
      const { sub } = await connect(bound.url, { token, ...presenting(own) });
      assert.equal(sub, 'test-user');
      assertRefused(await connect(bound.url, { token, ...presenting(other) }), 401, invalid);
      assertRefused(await connect(bound.url, { token: unbound, ...presenting(own) }), 401, invalid);
      assert.equal((await connect(bound.url, { token, ...presenting() })).status, 401);
    }
  });

  test('a token is bound to what the application finds, and to no other certificate', async (t) => {
    const { tenant, tls, presenting } = await mutualTls(t);
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const own = await tenant.certificate({ commonName: 'svc-a' });
    const token = await tenant.issue({ boundTo: own.certificate });
    const found = { subjectCN: 'found', subjectAltNames: [], verified: true };
    const ask = async (certificate) => {
      const clientCertificate = { resolve: () => certificate };
      const { url } = await upgrading(t, { client, validateCertificateBinding: true, clientCertificate }, { tls });
      return connect(url, { token, ...presenting(own) });
    };
    assertRefused(await ask(found), 401, 'Bearer error="invalid_token"');
    assert.deepEqual(await ask({ ...found, pem: own.certificate }), { sub: 'test-user', cn: 'found' });
  });

  test("in a proxy's header", async (t) => {
    const { right, other } = clientCertificates();
    const options = { clientCertificate: { source: 'envoy', ...LOOPBACK, allowSubjectCNs: ['svc-a'] } };
    const { url } = await upgrading(t, options);
    assert.deepEqual(await connect(url, { headers: HEADERS.envoy(right) }), { cn: 'svc-a' });
    assert.equal((await connect(url, { headers: HEADERS.envoy(other) })).status, 403);
    assert.equal((await connect(url)).status, 401);
  });
});

describe('what goes wrong', () => {
  test('a client that goes away meanwhile is refused at once, and nothing is thrown', async (t) => {
    const { tenant } = await tenantOf(t);
    const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, responseTimeout: 1_000 });
    const introspections = new EventEmitter();
    client.fetcher = (input, init) => {
      if (!String(input).includes('introspect')) return fetch(input, init);
      introspections.emit('one');
      return new Promise(() => {});
    };
    const { url, server } = await upgrading(t, { client });
    const { port } = new URL(url);
    for (const leave of ['destroy', 'resetAndDestroy', 'end']) {
      const reached = once(introspections, 'one');
      const outcome = once(server, 'outcome');
      const socket = net.connect(Number(port), '127.0.0.1');
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer opaque-${leave}\r\n\r\n`,
      );
      await reached;
      socket[leave]();
      const [{ refusal }] = await outcome;
      assert.equal(refusal.status, 499, leave);
      socket.destroy();
    }
  });

  test('the refusal is a whole response, whatever the client does', async (t) => {
    const { client } = await tenantOf(t);
    const { url, outcomes } = await upgrading(t, { client });
    const { port } = new URL(url);
    const socket = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nmore');
    const text = (await socket.toArray()).join('');
    socket.destroy();
    const [{ refusal }] = outcomes;
    assert.equal(text, refusal.response);
    assert.equal(
      text,
      'HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json; charset=utf-8\r\nwww-authenticate: Bearer\r\n' +
        'content-length: 26\r\nconnection: close\r\n\r\n{"message":"unauthorized"}',
    );
    assert.equal(refusal.message, 'unauthorized');
    assert.deepEqual(refusal.data, { status: 401 });
    const gone = net.connect(Number(port), '127.0.0.1');
    gone.destroy();
    refusal.writeTo(gone);
    refusal.writeTo(gone);
  });

  test('what the client sends early is not lost', async (t) => {
    const { tenant, client } = await tenantOf(t);
    const token = await tenant.issue({ opaque: true });
    const server = http.createServer();
    server.on('upgrade', async (request, socket, head) => {
      await authenticateUpgrade(request, { client });
      const chunks = [head];
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        socket.emit('progress');
      });
      while (Buffer.concat(chunks).length < 10) await once(socket, 'progress');
      server.emit('early', Buffer.concat(chunks).toString());
      socket.destroy();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const early = once(server, 'early');
    const socket = net.connect(server.address().port, '127.0.0.1');
    t.after(() => socket.destroy());
    const lines = ['GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: x', `Authorization: Bearer ${token}`];
    socket.write(`${lines.join('\r\n')}\r\n\r\n01234`);
    setImmediate(() => socket.write('56789'));
    assert.deepEqual(await early, ['0123456789']);
  });

  test('no listener stays on the socket', async (t) => {
    const { tenant, client } = await tenantOf(t);
    const server = http.createServer();
    const counts = [];
    server.prependListener('upgrade', (request) => counts.push(request.socket.listenerCount('error')));
    server.on('outcome', () => undefined);
    const { url } = await upgrading(t, { client }, { server });
    server.on('upgrade', (request) => {
      server.once('outcome', () => counts.push(request.socket.listenerCount('error')));
    });
    await connect(url, { token: await tenant.issue() });
    assert.equal(counts[0], counts[1]);
  });

  test('options that ask for nothing, or are wrong, admit nobody', async () => {
    const request = { headers: {} };
    for (const options of [undefined, {}, { scopes: ['read'] }, { clientCertificate: false }]) {
      await assert.rejects(authenticateUpgrade(request, options), {
        name: /Error$/,
        message: /authenticateUpgrade needs/,
      });
    }
    const clientCertificate = { allowSubjectCNs: 'svc-a' };
    await assert.rejects(authenticateUpgrade(request, { clientCertificate }), /allowSubjectCNs/);
    const client = new MonoCloudBackendNodeClient({ tenantDomain: 'https://t.example', audience: 'https://a.example' });
    await assert.rejects(authenticateUpgrade(request, { client, scopes: 'read' }), /scopes/);
  });

  test('the reason goes to the operator', async (t) => {
    const messages = channelMessages(t, 'refuse');
    const { url } = await upgrading(t, { clientCertificate: { source: 'nginx', ...LOOPBACK } });
    await connect(url, { headers: { 'x-ssl-client-cert': 'junk', 'x-ssl-client-verify': 'SUCCESS' } });
    assert.deepEqual(
      messages.map(({ reason, status }) => [reason, status]),
      [['header_malformed', 401]],
    );
  });
});
