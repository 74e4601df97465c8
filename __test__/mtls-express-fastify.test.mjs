import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as expressDoor from '@monocloud/backend-node/express';
import * as fastifyDoor from '@monocloud/backend-node/fastify';
import { send } from './support/answers.mjs';
import { channelMessages } from './support/channel-messages.mjs';
import { CURRENT_FRAMEWORKS, FRAMEWORKS } from './support/frameworks.mjs';
import { clientCertificates, fingerprintOf, HEADERS, mutualTls } from './support/mutual-tls.mjs';

const DOORS = { express: expressDoor, fastify: fastifyDoor };
const LOOPBACK = { trustedProxies: ['loopback'] };
const PROBLEM = 'application/problem+json';
const UUID = /^urn:request:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const REQUIRED =
  '{"type":"https://daloyjs.dev/errors/client-certificate-required","title":"Client certificate required","status":401}';

function assertProblem(response, status, detail = 'Client certificate not permitted') {
  const { headers, body } = response;
  assert.deepEqual([response.status, headers['content-type'], headers['cache-control']], [status, PROBLEM, 'no-store']);
  if (status === 401) return assert.equal(body, REQUIRED);
  const { instance, ...rest } = JSON.parse(body);
  assert.match(instance, UUID);
  const forbidden = { type: 'https://daloyjs.dev/errors/forbidden', title: 'Forbidden', detail, status };
  assert.deepEqual(rest, status === 403 ? forbidden : { type: 'about:blank', title: 'Internal Server Error', status });
}

const certificateOf = (request) => request.clientCertificate;

for (const { name, family, listen } of FRAMEWORKS) {
  const { clientCertAuth } = DOORS[family];

  test(`${name}: the certificate of the connection`, async (t) => {
    const { tenant, tls, presenting } = await mutualTls(t);
    const names = { dnsNames: ['svc.example'], uris: ['spiffe://test/svc'], ipAddresses: ['10.1.2.3'] };
    const own = await tenant.certificate({ commonName: 'svc-a', organization: 'Test', ...names });
    const selfSigned = await tenant.selfSignedCertificate();
    const refusals = channelMessages(t, 'refuse');
    const routes = [
      { path: '/', guard: clientCertAuth(), handle: certificateOf },
      { path: '/any', guard: clientCertAuth({ requireVerified: false }), handle: certificateOf },
    ];
    const url = await listen(t, routes, { tls });
    const passed = await send(url, presenting(own));
    assert.equal(passed.status, 200);
    const { notBefore, notAfter, pem, serialNumber, ...certificate } = JSON.parse(passed.body);
    assert.deepEqual(certificate, {
      subjectDN: 'O=Test,CN=svc-a',
      subjectCN: 'svc-a',
      issuerDN: 'CN=Test tenant CA',
      issuerCN: 'Test tenant CA',
      fingerprint256: fingerprintOf(own),
      subjectAltNames: ['DNS:svc.example', 'URI:spiffe://test/svc', 'IP:10.1.2.3'].sort(order(certificate)),
      verified: true,
    });
    assert.match(serialNumber, /^[0-9A-F]+$/);
    assert.ok(Date.parse(notBefore) < Date.now() && Date.now() < Date.parse(notAfter));
    assert.equal(pem.trim(), own.certificate.trim());
    assertProblem(await send(url, presenting()), 401);
    assertProblem(await send(url, presenting(selfSigned)), 403);
    const unverified = await send(`${url}/any`, presenting(selfSigned));
    assert.deepEqual([unverified.status, JSON.parse(unverified.body).verified], [200, false]);
    assert.deepEqual(refusals, [
      { reason: 'certificate_absent', message: 'Client certificate required', code: undefined, status: 401 },
      { reason: 'certificate_not_verified', message: 'Client certificate not permitted', code: undefined, status: 403 },
    ]);
  });

  test(`${name}: the certificate in a proxy's header`, async (t) => {
    const { right, other, expired, early } = clientCertificates();
    const guard = (options) => clientCertAuth({ ...LOOPBACK, ...options });
    const allowSubjectCNs = ['svc-a'];
    const routes = Object.keys(HEADERS).map((source) => ({
      path: `/${source}`,
      guard: guard({ source, allowSubjectCNs, requireVerified: source !== 'rfc9440' }),
      handle: certificateOf,
    }));
    const url = await listen(t, routes);
    for (const [source, write] of Object.entries(HEADERS)) {
      const ask = (client) => send(`${url}/${source}`, { headers: client === undefined ? {} : write(client) });
      const passed = await ask(right);
      assert.equal(passed.status, 200, `${source} ${passed.body}`);
      const { fingerprint256, verified } = JSON.parse(passed.body);
      assert.deepEqual([fingerprint256, verified], [fingerprintOf(right), source !== 'rfc9440'], source);
      for (const client of [other, expired, early]) assertProblem(await ask(client), 403);
      assertProblem(await ask(), 401);
      const [[header, value]] = Object.entries(write(right));
      assertProblem(await send(`${url}/${source}`, { headers: { [header]: value.slice(0, -9) } }), 401);
      assertProblem(await send(`${url}/${source}`, { headers: { [header]: [value, value] } }), 401);
    }
  });
}

/** The order in which the writer of the tests' certificates puts them. */
function order({ subjectAltNames }) {
  return (one, other) => subjectAltNames.indexOf(one) - subjectAltNames.indexOf(other);
}

for (const { name, family, listen } of CURRENT_FRAMEWORKS) {
  const { clientCertAuth } = DOORS[family];

  describe(`${name}: what is asked of a certificate`, () => {
    const { right, other, expired } = clientCertificates({ dnsNames: ['svc.example'], uris: ['spiffe://test/a'] });

    async function api(t, options, configure) {
      const refusals = channelMessages(t, 'refuse');
      const guard = clientCertAuth({ source: 'envoy', ...LOOPBACK, ...options });
      const url = await listen(t, [{ path: '/', guard, handle: certificateOf, ...configure }]);
      const ask = (client, headers) => send(url, { headers: { ...HEADERS.envoy(client), ...headers } });
      return { url, ask, reasons: () => refusals.splice(0).map(({ reason }) => reason) };
    }

    const sha256 = fingerprintOf(right);
    for (const [options, passes, reason] of [
      [{ allowSubjectCNs: ['svc-a'] }, true],
      [{ allowSubjectCNs: ['svc'] }, false, 'certificate_subject_not_allowed'],
      [{ allowSubjectCNs: [] }, false, 'certificate_subject_not_allowed'],
      [{ allowIssuerCNs: ['Test Root'] }, true],
      [{ allowIssuerCNs: ['svc-a'] }, false, 'certificate_issuer_not_allowed'],
      [{ allowFingerprints: [sha256] }, true],
      [{ allowFingerprints: [sha256.toLowerCase().replaceAll(/(..)(?=.)/g, '$1:')] }, true],
      [{ allowFingerprints: [fingerprintOf(right, 'sha512')] }, true],
      [{ allowFingerprints: [fingerprintOf(right, 'sha1')] }, false, 'certificate_fingerprint_not_allowed'],
      [{ allowFingerprints: [fingerprintOf(right, 'sha1')], allowSha1: true }, true],
      [{ allowFingerprints: [fingerprintOf(other)] }, false, 'certificate_fingerprint_not_allowed'],
      [{ allowSANs: ['DNS:svc.example'] }, true],
      [{ allowSANs: ['spiffe://test/a'] }, true],
      [{ allowSANs: ['DNS:SVC.example', 'URI:svc.example'] }, false, 'certificate_name_not_allowed'],
      [{ verify: () => true }, true],
      [{ verify: () => undefined }, true],
      [{ verify: async () => 0 }, true],
      [{ verify: async () => false }, false, 'certificate_refused_by_application'],
      [{ allowSubjectCNs: ['svc-a'], verify: (certificate) => certificate.subjectCN === 'svc-b' }, false],
    ]) {
      test(`${JSON.stringify(options)} ${options.verify ?? ''}`, async (t) => {
        const { ask, reasons } = await api(t, options);
        const response = await ask(right);
        if (passes) assert.equal(response.status, 200, response.body);
        else assertProblem(response, 403);
        const refused = reasons();
        if (reason !== undefined) assert.deepEqual(refused, [reason]);
      });
    }

    test('its dates, unless they do not matter', async (t) => {
      const refusing = await api(t, {});
      assertProblem(await refusing.ask(expired), 403);
      assert.deepEqual(refusing.reasons(), ['certificate_expired']);
      assert.equal((await (await api(t, { checkValidity: false })).ask(expired)).status, 200);
      assert.equal((await (await api(t, { clockTolerance: 172_800 })).ask(expired)).status, 200);
    });

    test('the words of the application and the place where it looks', async (t) => {
      const message = 'Ask "ops" for access\r\n';
      const { ask } = await api(
        t,
        { allowSubjectCNs: ['svc-a'], message, stateKey: 'peer' },
        { handle: ({ peer }) => peer },
      );
      assert.equal(JSON.parse((await ask(right)).body).subjectCN, 'svc-a');
      assertProblem(await ask(other), 403, message);
    });

    test('what the application finds replaces everything else', async (t) => {
      const found = { subjectCN: 'svc-a', subjectAltNames: ['DNS:x'], verified: true };
      const known = {
        good: found,
        unverified: { ...found, verified: false },
        expired: { ...found, notAfter: new Date(0) },
        undated: { ...found, notAfter: new Date(NaN) },
      };
      const resolve = ({ headers }) => known[headers['x-key']];
      const { ask } = await api(t, { resolve, allowSubjectCNs: ['svc-a'], allowSANs: ['x'] });
      const good = await ask(other, { 'x-key': 'good' });
      assert.deepEqual([good.status, JSON.parse(good.body)], [200, found]);
      for (const key of ['unverified', 'expired', 'undated']) assertProblem(await ask(right, { 'x-key': key }), 403);
      assertProblem(await ask(right), 401);
    });

    test('functions that throw are not the fault of the certificate', async (t) => {
      const fail = () => {
        throw new Error('secret');
      };
      for (const options of [{ verify: fail }, { verify: async () => fail() }, { resolve: fail }]) {
        const { ask, reasons } = await api(t, options);
        assertProblem(await ask(right), 500);
        assert.deepEqual(reasons(), ['application_error']);
      }
    });

    test('the application gets its own request', async (t) => {
      const seen = [];
      const verify = (certificate, request) => {
        seen.push([certificate.subjectCN, request.url]);
        return true;
      };
      const { ask } = await api(t, { verify });
      await ask(right);
      assert.deepEqual(seen, [['svc-a', '/']]);
    });

    test('a proxy whose header says nothing of a verification needs a decision', () => {
      for (const source of ['rfc9440', 'caddy', 'aws-alb', 'azure-app-service', 'cloudflare']) {
        assert.throws(() => clientCertAuth({ source, ...LOOPBACK }), /requireVerified: false/, source);
        clientCertAuth({ source, ...LOOPBACK, requireVerified: false });
        clientCertAuth({ source, ...LOOPBACK, verifyHeader: 'x-verify', verifyValue: 'ok' });
      }
      for (const source of ['envoy', 'istio', 'nginx', 'haproxy', 'apache', 'aws-alb-verify', 'tls']) {
        clientCertAuth(source === 'tls' ? { source } : { source, ...LOOPBACK });
      }
    });

    test('wrong options are refused at once', () => {
      for (const [options, message] of [
        [null, /must be an object/],
        [[], /must be an object/],
        ['envoy', /must be an object/],
        [{ allowSubjectCN: ['svc-a'] }, /unknown option 'allowSubjectCN'/],
        [{ allowSubjectCNs: 'svc-a' }, /clientCertAuth\(\): allowSubjectCNs needs an array/],
        [{ allowFingerprints: ['x'] }, /allowFingerprints/],
        [{ allowSANs: null }, /allowSANs/],
        [{ requireAuthorized: false }, /unknown option 'requireAuthorized'/],
        [{ requireVerified: 'no' }, /requireVerified must be a boolean/],
        [{ checkValidity: 0 }, /checkValidity must be a boolean/],
        [{ verify: true }, /verify must be a function/],
        [{ message: '' }, /message must be a non-empty string/],
        [{ stateKey: '__proto__' }, /stateKey/],
        [{ header: { format: 'x' } }, /header\.format must be "xfcc" or "structured"\./],
        [{ header: { format: 'xfcc', trustedProxy: 'loopback' } }, /header has no option 'trustedProxy'/],
        [{ header: { format: 'structured' } }, /must name at least one of/],
        [{ header: { format: 'xfcc' }, source: 'envoy' }, /exclude each other/],
      ]) {
        assert.throws(() => clientCertAuth(options), message, JSON.stringify(options));
      }
    });

    test('structured headers', async (t) => {
      const header = { format: 'structured', subjectDN: 'x-dn', verify: 'x-ok', san: 'x-san' };
      const guard = clientCertAuth({ header, ...LOOPBACK, allowSubjectCNs: ['svc-a'] });
      const url = await listen(t, [{ path: '/', guard, handle: certificateOf }]);
      const ask = (headers) => send(url, { headers });
      const passed = await ask({ 'x-dn': 'CN=svc-a,O=Test', 'x-ok': 'success', 'x-san': 'DNS:x' });
      assert.deepEqual([passed.status, JSON.parse(passed.body).subjectCN], [200, 'svc-a']);
      assertProblem(await ask({ 'x-dn': 'CN=svc-a,O=Test', 'x-ok': 'FAILED' }), 403);
      assertProblem(await ask({ 'x-dn': 'CN=svc-a,O=Test' }), 403);
      assertProblem(await ask({ 'x-dn': String.raw`O=x\,CN=svc-a,CN=attacker`, 'x-ok': 'SUCCESS' }), 403);
      assertProblem(await ask({}), 401);
      // Of several common names each counts, but where a slash may have written one.
      assert.equal((await ask({ 'x-dn': 'CN=svc-a,CN=second', 'x-ok': 'SUCCESS' })).status, 200);
      assert.equal((await ask({ 'x-dn': 'CN=second,CN=svc-a', 'x-ok': 'SUCCESS' })).status, 200);
      assert.equal((await ask({ 'x-dn': '/O=Test/CN=svc-a', 'x-ok': 'SUCCESS' })).status, 200);
      assertProblem(await ask({ 'x-dn': '/O=x/CN=svc-a/CN=attacker', 'x-ok': 'SUCCESS' }), 403);
    });

    test('a fingerprint of SHA-1 in a structured header, where it is asked for', async (t) => {
      const header = { format: 'structured', fingerprint: 'x-fingerprint', verify: 'x-ok' };
      const sha1 = fingerprintOf(right, 'sha1');
      const options = { header, ...LOOPBACK, allowFingerprints: [sha1] };
      const routes = [
        { path: '/', guard: clientCertAuth(options), handle: certificateOf },
        { path: '/sha1', guard: clientCertAuth({ ...options, allowSha1: true }), handle: certificateOf },
      ];
      const url = await listen(t, routes);
      const ask = (path, print) => send(url + path, { headers: { 'x-fingerprint': print, 'x-ok': 'SUCCESS' } });
      assertProblem(await ask('/', sha1), 403);
      assert.equal((await ask('/sha1', sha1.toLowerCase())).status, 200);
      assertProblem(await ask('/sha1', fingerprintOf(other, 'sha1')), 403);
    });

    test('a place that takes no certificate is the error of the application', async (t) => {
      const guard = clientCertAuth({
        source: 'envoy',
        ...LOOPBACK,
        stateKey: family === 'express' ? 'ip' : 'hostname',
      });
      const url = await listen(t, [{ path: '/', guard, handle: () => ({}) }]);
      assert.equal((await send(url, { headers: HEADERS.envoy(right) })).status, 500);
    });
  });
}
