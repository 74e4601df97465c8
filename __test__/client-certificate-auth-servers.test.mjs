import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { describe, test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import { allowCA, allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { clientCertificateAuth as clientCertificateHook } from '@monocloud/backend-node/fastify';
import { createCertificateAuthority, createSelfSignedCertificate } from '../dist/testing/index.js';
import { authority, ENCODED } from './support/client-certificates.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';

const server = authority.issueServer();
const tls = {
  cert: server.certificate,
  key: server.key,
  ca: authority.certificate,
  requestCert: true,
  rejectUnauthorized: false,
};
const identities = {
  right: authority.issueClient({ commonName: 'svc-a' }),
  other: authority.issueClient({ commonName: 'svc-b' }),
  expired: authority.issueClient({ commonName: 'svc-a', expired: true }),
  selfSigned: createSelfSignedCertificate({ commonName: 'svc-a' }),
  foreign: createCertificateAuthority().issueClient({ commonName: 'svc-a' }),
};
const required = 'Unauthorized: Client certificate required';
const malformed = 'Unauthorized: Client certificate header missing or malformed';

for (const framework of FRAMEWORKS) {
  const isFastify = framework.family === 'fastify';
  const clientCertificate = isFastify ? clientCertificateHook : clientCertificateAuth;
  const handle = (request) => ({ cn: request.clientCertificate.subject.CN });

  /** A server with one guarded route; resolves to its URL. What goes to `next` is answered as it came. */
  const listen = async (t, guard, options) => {
    const base = await framework.listen(t, [{ path: '/', guard: adapted(guard), handle }], options);
    return `${base}/`;
  };
  const adapted = (guard) => (isFastify ? guard : (req, res, next) => guard(req, res, answering(res, next)));

  describe(framework.name, () => {
    test('over mutual TLS', async (t) => {
      const url = await listen(t, clientCertificate(allowCN(['svc-a'])), { tls });
      const call = (identity) => exchange(url, { ca: authority.certificate, identity });
      assert.deepEqual(await call(identities.right), [200, { cn: 'svc-a' }]);
      assert.deepEqual(await call(identities.other), [401, { message: 'Unauthorized' }]);
      for (const name of ['selfSigned', 'foreign', 'expired']) {
        assert.deepEqual(await call(identities[name]), [401, { message: required }], name);
      }
      assert.deepEqual(await call(undefined), [401, { message: required }]);
    });

    test('with the authorities of the application', async (t) => {
      const options = { includeChain: true };
      for (const [trusted, answer] of [
        [authority, [200, { cn: 'svc-a' }]],
        [createCertificateAuthority(), [401, { message: 'Unauthorized' }]],
      ]) {
        const url = await listen(t, clientCertificate(allowCA(trusted.certificate), options), { tls });
        const identity = identities.right;
        assert.deepEqual(await exchange(url, { ca: authority.certificate, identity }), answer);
      }
    });

    test('behind a proxy, in every encoding', async (t) => {
      for (const [headerEncoding, encode] of Object.entries(ENCODED)) {
        const options = { certificateHeader: 'X-Client-Cert', headerEncoding, trustedProxies: ['loopback'] };
        const url = await listen(t, clientCertificate(allowCN(['svc-a']), options));
        const call = (headers) => exchange(url, { headers });
        const line = encode(identities.right.certificate);
        assert.deepEqual(await call({ 'X-Client-Cert': line }), [200, { cn: 'svc-a' }], headerEncoding);
        assert.deepEqual(await call({}), [401, { message: malformed }], headerEncoding);
        assert.deepEqual(await call({ 'X-Client-Cert': [line, line] }), [401, { message: malformed }], headerEncoding);
        const other = encode(identities.other.certificate);
        assert.deepEqual(await call({ 'X-Client-Cert': other }), [401, { message: 'Unauthorized' }], headerEncoding);
      }
    });

    test('a header from somebody else counts for nothing', async (t) => {
      const options = { certificateSource: 'traefik', trustedProxies: ['10.0.0.0/8'] };
      const url = await listen(
        t,
        clientCertificate(() => true, options),
      );
      const headers = { 'X-Forwarded-Tls-Client-Cert': ENCODED['base64-der'](identities.right.certificate) };
      assert.deepEqual(await exchange(url, { headers }), [401, { message: malformed }]);
    });

    test('a header that is folded or sent twice on the wire is refused', async (t) => {
      const options = { certificateHeader: 'x-cert', headerEncoding: 'base64-der', trustedProxies: 'loopback' };
      const { port } = new URL(
        await listen(
          t,
          clientCertificate(() => true, options),
        ),
      );
      const line = ENCODED['base64-der'](identities.right.certificate);
      const half = line.length >> 1;
      for (const [lines, status] of [
        [[`X-Cert: ${line}`], 200],
        [[`X-Cert: ${line}`, 'x-cert: '], 401],
        [['X-Cert: ', `x-cert: ${line}`], 401],
        [[`X-Cert: ${line}`, `X-CERT: ${line}`], 401],
        [[`X-Cert: ${line.slice(0, half)}\r\n ${line.slice(half)}`], [400, 401]],
      ]) {
        const answer = await raw(Number(port), ['GET / HTTP/1.1', 'Host: x', 'Connection: close', ...lines]);
        const got = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
        assert.ok([status].flat().includes(got), `${got} for ${lines.join()}`);
      }
    });

    test('what the callback throws has its status', async (t) => {
      const guard = clientCertificate(async () => {
        throw Object.assign(new Error('Not today'), { status: 403 });
      });
      const url = await listen(t, guard, { tls });
      const [status] = await exchange(url, { ca: authority.certificate, identity: identities.right });
      assert.equal(status, 403);
    });
  });
}

test('Fastify gives what the callback throws to the error handler of the application, and nothing else', async (t) => {
  const fastify = FRAMEWORKS.find(({ name }) => name === 'Fastify 5');
  const thrown = new Error('Not today');
  const handled = [];
  const guards = [
    () => false,
    () => {
      throw thrown;
    },
  ];
  for (const callback of guards) {
    const guard = clientCertificateHook(callback, { certificateSource: 'caddy', trustedProxies: ['loopback'] });
    const configure = (app) => app.addHook('onError', async (_request, _reply, error) => handled.push(error));
    const url = await fastify.listen(t, [{ path: '/', guard }], { configure });
    const headers = { 'X-Client-Cert': ENCODED['base64-der'](identities.right.certificate) };
    assert.equal((await exchange(`${url}/`, { headers }))[0], 401);
  }
  assert.deepEqual(handled, [thrown]);
});

/** Answers what `next` gets, as an error handler of the application would. */
function answering(response, next) {
  return (error) => (error ? response.status(error.status).json({ message: error.message }) : next());
}

async function exchange(url, { ca, identity, headers }) {
  const { request } = url.startsWith('https') ? https : http;
  const { certificate: cert, key } = identity ?? {};
  const sent = request(url, { headers, ca, cert, key, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  return [response.statusCode, JSON.parse(Buffer.concat(await response.toArray()).toString())];
}

async function raw(port, lines) {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return Buffer.concat(await socket.toArray()).toString();
}
