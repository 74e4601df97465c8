import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { test } from 'node:test';
import tls from 'node:tls';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { clientCertAuth, protectApi } from '@monocloud/backend-node/express';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';
import express from 'express';
import fastify from 'fastify';
import { protectApi as protectFastify } from '@monocloud/backend-node/fastify';
import { send } from './support/answers.mjs';
import { mutualTls } from './support/mutual-tls.mjs';

/** A server whose `/` binds tokens to certificates and whose `/who` says who comes. */
async function listen(t, setUp, server) {
  const app = express();
  const client = new MonoCloudBackendNodeClient(setUp.tenant.clientOptions);
  const certificateResolver = clientCertificateResolver({ source: 'tls' });
  const protect = protectApi(client, { certificateResolver });
  app.get('/', protect({ validateCertificateBinding: true }), (_request, response) => response.json('passed'));
  app.get('/who', clientCertAuth(), (request, response) => response.json(request.clientCertificate.subjectCN));
  const https1 = server ?? https.createServer(setUp.tls);
  https1.on('request', app);
  await once(https1.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    https1.closeAllConnections();
    https1.close();
  });
  return https1.address().port;
}

/** Requests over one connection, one after another; resolves to their statuses, and the session of the connection. */
async function converse(port, options, paths, headers) {
  const socket = tls.connect({ host: '127.0.0.1', port, ...options });
  let session;
  socket.on('session', (fresh) => {
    session = fresh;
  });
  await once(socket, 'secureConnect');
  const resumed = socket.isSessionReused();
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  const answers = [];
  for (const path of paths) {
    const { status, body } = await send(`https://127.0.0.1:${port}${path}`, { headers, agent });
    answers.push(path === '/who' && status === 200 ? JSON.parse(body) : status);
  }
  if (session === undefined && options.session === undefined && options.maxVersion === 'TLSv1.3') {
    await once(socket, 'session');
  }
  const kept = session ?? socket.getSession();
  agent.destroy();
  socket.destroy();
  return { answers, session: kept, resumed };
}

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`${version}: a resumed session has the certificate of the first, and none where there was none`, async (t) => {
    const setUp = await mutualTls(t, { maxVersion: version, minVersion: version });
    const port = await listen(t, setUp);
    const own = await setUp.tenant.certificate({ commonName: 'svc-a' });
    const headers = { authorization: `Bearer ${await setUp.tenant.issue({ boundTo: own.certificate })}` };
    const options = { ...setUp.presenting(own), maxVersion: version };
    const paths = ['/', '/who', '/', '/who'];
    const first = await converse(port, options, paths, headers);
    assert.deepEqual([first.resumed, first.answers], [false, [200, 'svc-a', 200, 'svc-a']]);
    const second = await converse(port, { ...options, session: first.session }, paths, headers);
    assert.deepEqual([second.resumed, second.answers], [true, [200, 'svc-a', 200, 'svc-a']]);
    const without = { ...setUp.presenting(), maxVersion: version };
    const anonymous = await converse(port, without, paths, headers);
    assert.deepEqual([anonymous.resumed, anonymous.answers], [false, [401, 401, 401, 401]]);
    // OpenSSL says of such a connection that its client is authorised.
    const again = await converse(port, { ...without, session: anonymous.session }, paths, headers);
    assert.deepEqual([again.resumed, again.answers], [true, [401, 401, 401, 401]]);
    // A certificate that is offered beside another's session is not looked at.
    const stolen = await converse(port, { ...options, session: anonymous.session }, paths, headers);
    assert.deepEqual([stolen.resumed, stolen.answers], [true, [401, 401, 401, 401]]);
  });
}

test('tokens of different clients over connections of their own never mix', async (t) => {
  const setUp = await mutualTls(t);
  const port = await listen(t, setUp);
  const clients = await Promise.all(['a', 'b', 'c'].map((commonName) => setUp.tenant.certificate({ commonName })));
  const tokens = await Promise.all(clients.map(({ certificate }) => setUp.tenant.issue({ boundTo: certificate })));
  const agents = clients.map((client) => new https.Agent({ keepAlive: true, ...setUp.presenting(client) }));
  t.after(() => agents.forEach((agent) => agent.destroy()));
  const rounds = Array.from({ length: 5 }, () =>
    agents.flatMap((agent, i) => tokens.map((token, j) => ({ agent, i, token, j }))),
  );
  for (const round of rounds) {
    const answers = round.map(async ({ agent, i, token, j }) => {
      const { status } = await send(`https://127.0.0.1:${port}/`, { agent, token });
      return [i, j, status];
    });
    for (const [i, j, status] of await Promise.all(answers)) assert.equal(status, i === j ? 200 : 401, `${i} ${j}`);
  }
});

test('HTTP/2 of Fastify', async (t) => {
  const setUp = await mutualTls(t);
  const { tenant } = setUp;
  const app = fastify({ http2: true, https: setUp.tls });
  const certificateResolver = clientCertificateResolver({ source: 'tls' });
  const protect = protectFastify(new MonoCloudBackendNodeClient(tenant.clientOptions), { certificateResolver });
  app.get('/', { onRequest: protect({ validateCertificateBinding: true }) }, async () => 'passed');
  t.after(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const own = await tenant.certificate();
  const token = await tenant.issue({ boundTo: own.certificate });
  for (const [client, expected] of [
    [own, 200],
    [await tenant.certificate(), 401],
    [undefined, 401],
  ]) {
    const session = http2.connect(url, setUp.presenting(client));
    for (let i = 0; i < 2; i += 1) {
      const stream = session.request({ ':path': '/', authorization: `Bearer ${token}` });
      const [headers] = await once(stream, 'response');
      assert.equal(headers[':status'], expected);
      stream.resume();
      await once(stream, 'end');
    }
    session.destroy();
  }
});

test('the documented guide: a resolver of its own that makes PEM, and its four answers', async (t) => {
  const { tenant, tls: options, presenting } = await mutualTls(t);
  const app = fastify({ https: options });
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const protect = protectFastify(client, {
    certificateResolver: async (request) => {
      const certificate = request.raw.socket.getPeerCertificate();
      if (!certificate || !certificate.raw) return '';
      const base64 = certificate.raw.toString('base64');
      return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----`;
    },
  });
  app.get('/', { onRequest: protect({ validateCertificateBinding: true }) }, async () => 'passed');
  t.after(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const [right, other] = await Promise.all([tenant.certificate(), tenant.certificate()]);
  for (const opaque of [false, true]) {
    const bound = await tenant.issue({ boundTo: right.certificate, opaque });
    const ask = async (token, who) => (await send(url, { token, ...presenting(who) })).status;
    assert.equal(await ask(bound, right), 200);
    assert.equal(await ask(bound, other), 401);
    assert.equal(await ask(bound, undefined), 401);
    assert.equal(await ask(await tenant.issue({ opaque }), right), 401);
  }
});
