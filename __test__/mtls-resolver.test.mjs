import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { channelMessages } from './support/channel-messages.mjs';
import { startScript } from './support/example-process.mjs';
import { CURRENT_FRAMEWORKS, FRAMEWORKS } from './support/frameworks.mjs';
import { clientCertificates, HEADERS, mutualTls } from './support/mutual-tls.mjs';

const { createTestTenant } = testing;
const LOOPBACK = { trustedProxies: ['loopback'] };

for (const { name, protectApi, listen } of FRAMEWORKS) {
  test(`${name}: one line binds tokens to the certificate of the connection`, async (t) => {
    const { tenant, tls, presenting } = await mutualTls(t);
    const [own, other] = await Promise.all([tenant.certificate(), tenant.certificate({ commonName: 'other' })]);
    const selfSigned = await tenant.selfSignedCertificate();
    const refusals = channelMessages(t, 'certificate');
    const protect = (options) =>
      protectApi(new MonoCloudBackendNodeClient(tenant.clientOptions), {
        certificateResolver: clientCertificateResolver({ source: 'tls', ...options }),
      })({ validateCertificateBinding: true });
    const routes = [
      { path: '/', guard: protect() },
      { path: '/any', guard: protect({ requireAuthorized: false }) },
    ];
    const url = await listen(t, routes, { tls });
    const unbound = await tenant.issue();
    for (const opaque of [false, true]) {
      const bound = await tenant.issue({ boundTo: own.certificate, opaque });
      const toSelfSigned = await tenant.issue({ boundTo: selfSigned.certificate, opaque });
      assertPassed(await send(url, { token: bound, ...presenting(own) }));
      for (const client of [other, selfSigned, undefined]) {
        assertAnswer(await send(url, { token: bound, ...presenting(client) }), ANSWERS.invalid);
      }
      assertAnswer(await send(url, { token: unbound, ...presenting(own) }), ANSWERS.invalid);
      assertAnswer(await send(url, { token: toSelfSigned, ...presenting(selfSigned) }), ANSWERS.invalid);
      assertPassed(await send(`${url}/any`, { token: toSelfSigned, ...presenting(selfSigned) }));
      assertAnswer(await send(`${url}/any`, { token: bound, ...presenting(selfSigned) }), ANSWERS.invalid);
      assertPassed(await send(`${url}/any`, { token: bound, ...presenting(own) }));
    }
    assert.ok(refusals.length > 0);
    assert.deepEqual([...new Set(refusals.map(({ reason }) => reason))], ['socket_not_authorized']);
  });
}

for (const { name, protectApi, listen } of CURRENT_FRAMEWORKS) {
  describe(`${name}: the certificate in a proxy's header`, () => {
    async function api(t, options, protectOptions = { validateCertificateBinding: true }) {
      const tenant = await createTestTenant();
      t.after(() => tenant.close());
      const refusals = channelMessages(t, 'certificate');
      const certificateResolver = clientCertificateResolver({ ...LOOPBACK, ...options });
      const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
      const guard = protectApi(client, { certificateResolver })(protectOptions);
      const url = await listen(t, [{ path: '/', guard }]);
      const tokenFor = ({ certificate }, opaque) => tenant.issue({ boundTo: certificate, opaque });
      return { tenant, url, tokenFor, reasons: () => refusals.splice(0).map(({ reason }) => reason) };
    }

    for (const [source, write] of Object.entries(HEADERS)) {
      test(`of ${source}`, async (t) => {
        const { right, other, selfSigned, expired, early } = clientCertificates();
        const { tenant, url, tokenFor, reasons } = await api(t, { source });
        for (const token of [await tokenFor(right), await tokenFor(right, true)]) {
          assertPassed(await send(url, { token, headers: write(right) }));
          assertAnswer(await send(url, { token, headers: write(other) }), ANSWERS.invalid);
          assertAnswer(await send(url, { token }), ANSWERS.invalid);
        }
        assertAnswer(await send(url, { token: await tenant.issue(), headers: write(right) }), ANSWERS.invalid);
        assertPassed(await send(url, { token: await tokenFor(selfSigned), headers: write(selfSigned) }));
        assert.deepEqual(reasons(), []);
        assertAnswer(await send(url, { token: await tokenFor(expired), headers: write(expired) }), ANSWERS.invalid);
        assertAnswer(await send(url, { token: await tokenFor(early), headers: write(early) }), ANSWERS.invalid);
        assert.deepEqual(reasons(), ['certificate_expired', 'certificate_not_yet_valid']);
      });
    }

    test('validity is not checked, or with a tolerance', async (t) => {
      const { expired } = clientCertificates();
      for (const options of [{ checkValidity: false }, { clockTolerance: 2 * 86_400 }]) {
        const { url, tokenFor } = await api(t, { source: 'rfc9440', ...options });
        assertPassed(await send(url, { token: await tokenFor(expired), headers: HEADERS.rfc9440(expired) }));
      }
    });

    test('from a peer that is no proxy it is absent', async (t) => {
      const { right } = clientCertificates();
      const { url, tokenFor, reasons } = await api(t, { source: 'envoy', trustedProxies: ['10.0.0.0/8'] });
      const token = await tokenFor(right);
      assertAnswer(await send(url, { token, headers: HEADERS.envoy(right) }), ANSWERS.invalid);
      assert.deepEqual(reasons(), ['untrusted_peer']);
      // What the request says of its origin is no origin.
      const forwarded = { ...HEADERS.envoy(right), 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1' };
      assertAnswer(await send(url, { token, headers: forwarded }), ANSWERS.invalid);
    });

    test('a name without a certificate binds nothing, though it is allowed', async (t) => {
      const { right } = clientCertificates();
      const { url, tokenFor, reasons } = await api(t, { source: 'envoy', allowTextIdentity: true });
      const headers = { 'x-forwarded-client-cert': `Subject="CN=svc-a";Hash=${'ab'.repeat(32)}` };
      assertAnswer(await send(url, { token: await tokenFor(right), headers }), ANSWERS.invalid);
      assert.deepEqual(reasons(), ['text_identity_cannot_bind']);
      assertPassed(await send(url, { token: await tokenFor(right), headers: HEADERS.envoy(right) }));
    });

    test('several elements need a word about which one counts', async (t) => {
      const { right, other } = clientCertificates();
      const element = (client) => HEADERS.envoy(client)['x-forwarded-client-cert'];
      const headers = { 'x-forwarded-client-cert': `${element(other)},${element(right)}` };
      const refusing = await api(t, { source: 'envoy' });
      assertAnswer(await send(refusing.url, { token: await refusing.tokenFor(right), headers }), ANSWERS.invalid);
      assert.deepEqual(refusing.reasons(), ['several_xfcc_elements']);
      const last = await api(t, { source: 'envoy', xfccElement: 'last' });
      assertPassed(await send(last.url, { token: await last.tokenFor(right), headers }));
      assertAnswer(await send(last.url, { token: await last.tokenFor(other), headers }), ANSWERS.invalid);
    });

    test('what the proxy has not verified does not count', async (t) => {
      const { right } = clientCertificates();
      const { url, tokenFor, reasons } = await api(t, {
        certificateHeader: 'X-Cert',
        headerEncoding: 'base64-der',
        verifyHeader: 'X-Verify',
        verifyValue: 'yes',
      });
      const cert = HEADERS.haproxy(right)['x-ssl-client-cert'];
      const token = await tokenFor(right);
      assertPassed(await send(url, { token, headers: { 'x-cert': cert, 'x-verify': 'yes' } }));
      for (const verify of ['no', 'YES', ['yes', 'yes'], undefined]) {
        const headers = verify === undefined ? { 'x-cert': cert } : { 'x-cert': cert, 'x-verify': verify };
        assertAnswer(await send(url, { token, headers }), ANSWERS.invalid);
      }
      assert.deepEqual([...new Set(reasons())], ['verification_header_mismatch']);
    });

    test('twice is never', async (t) => {
      const { right } = clientCertificates();
      const { url, tokenFor, reasons } = await api(t, { source: 'rfc9440' });
      const value = HEADERS.rfc9440(right)['client-cert'];
      const headers = { 'client-cert': [value, value] };
      assertAnswer(await send(url, { token: await tokenFor(right), headers }), ANSWERS.invalid);
      assert.deepEqual(reasons(), ['header_repeated']);
    });
  });

  test(`${name}: the socket stands in for a header, if it may`, async (t) => {
    const { tenant, tls, presenting } = await mutualTls(t);
    const own = await tenant.certificate();
    const { right: viaHeader } = clientCertificates();
    const guardOf = (options) =>
      protectApi(new MonoCloudBackendNodeClient(tenant.clientOptions), {
        certificateResolver: clientCertificateResolver({ source: 'rfc9440', ...options }),
      })({ validateCertificateBinding: true });
    const routes = [
      { path: '/', guard: guardOf({ ...LOOPBACK, fallbackToSocket: true }) },
      { path: '/header', guard: guardOf(LOOPBACK) },
      { path: '/distrust', guard: guardOf({ trustedProxies: [], fallbackToSocket: true }) },
    ];
    const url = await listen(t, routes, { tls });
    const bound = await tenant.issue({ boundTo: own.certificate });
    const headers = HEADERS.rfc9440(viaHeader);
    assertPassed(await send(url, { token: bound, ...presenting(own) }));
    assertAnswer(await send(url, { token: bound, headers, ...presenting(own) }), ANSWERS.invalid);
    assertAnswer(await send(`${url}/header`, { token: bound, ...presenting(own) }), ANSWERS.invalid);
    assertPassed(await send(`${url}/distrust`, { token: bound, headers, ...presenting(own) }));
  });
}

test('requests of node:http are read too, and whoever calls the resolver gets PEM', async (t) => {
  const { right } = clientCertificates();
  const resolver = clientCertificateResolver({ source: 'nginx', ...LOOPBACK });
  const server = http.createServer((request, response) => response.end(resolver(request) ?? 'none'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${server.address().port}`;
  const headers = HEADERS.nginx(right);
  assert.equal((await send(url, { headers })).body.trim(), right.certificate.trim());
  assert.equal((await send(url)).body, 'none');
  for (const request of [{}, { headers: {} }, { headers: null, socket: null }, { raw: {} }]) {
    assert.equal(resolver(request), undefined);
  }
});

test('events of API Gateway are read, also inside the requests of the adapters', () => {
  const { right, expired } = clientCertificates();
  const eventOf = ({ certificate: clientCertPem }) => ({
    requestContext: { identity: { clientCert: { clientCertPem } } },
  });
  for (const source of ['aws-api-gateway', 'aws-lambda']) {
    const resolver = clientCertificateResolver({ source });
    for (const wrap of [
      (event) => event,
      (event) => ({ apiGateway: { event } }),
      (event) => ({ awsLambda: { event } }),
    ]) {
      assert.equal(resolver(wrap(eventOf(right))).trim(), right.certificate.trim());
      assert.equal(resolver(wrap(eventOf(expired))), undefined);
    }
    const headers = { ...HEADERS.nginx(right), ...HEADERS.rfc9440(right) };
    for (const request of [{}, { requestContext: {} }, { headers }]) assert.equal(resolver(request), undefined);
  }
});

test('every source that is documented exists', () => {
  const text = readFileSync(new URL('../js/certificate/options.ts', import.meta.url), 'utf8');
  const [union] = /CertificatePreset =[^;]+;/.exec(text);
  const documented = [...union.matchAll(/'([^']+)'/g)].map(([, source]) => source);
  const message = (() => {
    try {
      return clientCertificateResolver({ source: 'none' });
    } catch (error) {
      return error.message;
    }
  })();
  const known = message.split('Valid values: tls, ')[1].split(', ');
  assert.deepEqual(documented.toSorted(), known.toSorted());
});

test('a request that throws when it is read presents nothing', (t) => {
  const reasons = channelMessages(t, 'certificate');
  const fail = () => {
    throw new Error('no');
  };
  const socket = { authorized: true, getPeerX509Certificate: fail, getPeerCertificate: fail };
  assert.equal(clientCertificateResolver({ source: 'tls' })({ socket, headers: {} }), undefined);
  const request = Object.defineProperty({}, 'headers', { get: fail });
  assert.equal(clientCertificateResolver({ source: 'nginx', ...LOOPBACK })(request), undefined);
  assert.deepEqual(reasons, [{ reason: 'unreadable' }, { reason: 'unreadable' }]);
});

test('wrong options are refused at once', () => {
  for (const [options, message] of [
    [undefined, /source or certificateHeader is required/],
    [{}, /source or certificateHeader is required/],
    [{ source: 'toString' }, /unknown source 'toString'/],
    [{ source: 'envoy', trustProxies: [] }, /unknown option 'trustProxies'/],
    [{ source: 'envoy', trustedProxies: ['10.0.0.0/99'] }, /trustedProxies/],
    [{ certificateHeader: 'x' }, /headerEncoding/],
    [{ source: 'tls', requireAuthorized: 'no' }, /requireAuthorized must be a boolean/],
    [{ source: 'nginx', verifyHeader: 'x' }, /verifyHeader and verifyValue/],
  ]) {
    assert.throws(() => clientCertificateResolver(options), message, JSON.stringify(options));
  }
});

test('headers that anybody can send are worth one warning of the process', async (t) => {
  const entry = createRequire(import.meta.url).resolve('@monocloud/backend-node/mtls');
  const script = `
    const { clientCertAuth, clientCertificateResolver } = require(${JSON.stringify(entry)});
    process.on('warning', ({ code, message }) => console.log(code, /trustedProxies/.test(message)));
    clientCertificateResolver({ source: 'tls' });
    clientCertificateResolver({ source: 'nginx', trustedProxies: [] });
    for (let i = 0; i < 3; i += 1) clientCertificateResolver({ source: 'nginx' });
    clientCertAuth({ header: { format: 'xfcc' } });
  `;
  const child = startScript(t, ['--no-warnings', '-e', script]);
  assert.equal(await child.end(), 0);
  assert.deepEqual(child.stdout, ['MONOCLOUD_TRUSTED_PROXIES true']);
});
