import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  clientCertAuth,
  getClientCertificate,
  normalizePeerCertificate,
  parseForwardedClientCert,
  setClientCertificate,
} from '@monocloud/backend-node/mtls';
import { clientCertificates, fingerprintOf, HEADERS, mutualTls } from './support/mutual-tls.mjs';
import { askOverTls } from './support/peer-certificate.mjs';

const REQUIRED =
  '{"type":"https://daloyjs.dev/errors/client-certificate-required","title":"Client certificate required","status":401}';

const certificate = { subjectCN: 'svc-a', subjectAltNames: [], verified: true };

function contextOf(headers = {}) {
  return { request: new Request('https://api.example/', { headers }), state: {} };
}

async function run(hooks, context) {
  const response = await hooks.preBody(context);
  return response === undefined ? { state: context.state } : { status: response.status, body: await response.text() };
}

describe('the hook of DaloyJS', () => {
  const { right, other } = clientCertificates();

  test('carries the mark of an authentication', () => {
    assert.equal(clientCertAuth()[Symbol.for('daloyjs.auth.hook')], true);
    assert.equal(typeof clientCertAuth({}).preBody, 'function');
  });

  test('admits the certificate that is kept with the request', async () => {
    const context = contextOf();
    setClientCertificate(context.request, certificate);
    assert.deepEqual(await run(clientCertAuth(), context), { state: { clientCertificate: certificate } });
    const named = contextOf();
    setClientCertificate(named.request, () => certificate);
    const hooks = clientCertAuth({ stateKey: 'peer', allowSubjectCNs: ['svc-a'] });
    assert.deepEqual(await run(hooks, named), { state: { peer: certificate } });
  });

  test('answers 401 and 403 as DaloyJS does', async () => {
    const missing = await clientCertAuth().preBody(contextOf());
    assert.equal(missing.status, 401);
    assert.equal(missing.headers.get('content-type'), 'application/problem+json');
    assert.equal(missing.headers.get('cache-control'), 'no-store');
    assert.equal(await missing.text(), REQUIRED);
    const context = contextOf();
    setClientCertificate(context.request, certificate);
    const { status, body } = await run(clientCertAuth({ allowSubjectCNs: [] }), context);
    const { instance, ...problem } = JSON.parse(body);
    assert.equal(status, 403);
    assert.match(instance, /^urn:request:[0-9a-f-]{36}$/);
    assert.deepEqual(problem, {
      type: 'https://daloyjs.dev/errors/forbidden',
      title: 'Forbidden',
      detail: 'Client certificate not permitted',
      status: 403,
    });
    assert.deepEqual(context.state, {});
  });

  test('reads a header when nothing is kept with the request', async () => {
    const hooks = clientCertAuth({ header: { format: 'xfcc' }, allowSubjectCNs: ['svc-a'] });
    const { state } = await run(hooks, contextOf(HEADERS.envoy(right)));
    assert.equal(state.clientCertificate.fingerprint256, fingerprintOf(right));
    assert.equal((await run(hooks, contextOf(HEADERS.envoy(other)))).status, 403);
    assert.equal((await run(hooks, contextOf())).status, 401);
    const kept = contextOf(HEADERS.envoy(other));
    setClientCertificate(kept.request, certificate);
    assert.equal((await run(hooks, kept)).state.clientCertificate, certificate);
  });

  test('believes no header where peers matter, for a Fetch request has none', async () => {
    const hooks = clientCertAuth({ header: { format: 'xfcc', trustedProxies: ['loopback'] } });
    assert.equal((await run(hooks, contextOf(HEADERS.envoy(right)))).status, 401);
  });

  test('a name without its certificate is nobody, unless it is allowed', async () => {
    const headers = { 'x-forwarded-client-cert': `Subject="CN=svc-a";Hash=${'ab'.repeat(32)}` };
    const allowing = (header) => clientCertAuth({ header: { format: 'xfcc', ...header }, allowSubjectCNs: ['svc-a'] });
    assert.equal((await run(allowing({}), contextOf(headers))).status, 401);
    const { state } = await run(allowing({ allowTextIdentity: true }), contextOf(headers));
    assert.equal(state.clientCertificate.subjectCN, 'svc-a');
  });

  test('throws what the functions of the application throw', async () => {
    const error = new Error('no');
    const fail = () => {
      throw error;
    };
    const context = contextOf();
    setClientCertificate(context.request, certificate);
    for (const options of [{ verify: fail }, { verify: () => Promise.reject(error) }, { resolve: fail }]) {
      await assert.rejects(clientCertAuth(options).preBody(context), error);
    }
  });

  test('the functions of the application get its context', async () => {
    const context = contextOf();
    const seen = [];
    const resolve = (given) => {
      seen.push(given);
      return certificate;
    };
    const verify = (presented, given) => {
      seen.push(presented, given);
    };
    await run(clientCertAuth({ resolve, verify }), context);
    assert.deepEqual(seen, [context, certificate, context]);
  });
});

describe('the certificate of a request', () => {
  test('is kept until it is forgotten', () => {
    const request = new Request('https://api.example/');
    assert.equal(getClientCertificate(request), undefined);
    setClientCertificate(request, certificate);
    assert.equal(getClientCertificate(request), certificate);
    assert.equal(request[Symbol.for('daloyjs.clientCertificate')], certificate);
    setClientCertificate(request, undefined);
    assert.equal(getClientCertificate(request), undefined);
  });

  test('is found once, by a function', () => {
    for (const found of [certificate, undefined]) {
      let calls = 0;
      const request = {};
      setClientCertificate(request, () => {
        calls += 1;
        return found;
      });
      assert.equal(getClientCertificate(request), found);
      assert.equal(getClientCertificate(request), found);
      assert.equal(calls, 1);
    }
  });
});

describe('normalizePeerCertificate', () => {
  test("tells a socket's certificate as the certificate itself does", async (t) => {
    const setUp = await mutualTls(t);
    const own = await setUp.tenant.certificate({
      commonName: 'svc-a',
      dnsNames: ['a.example'],
      uris: ['spiffe://x/y'],
    });
    const peer = await askOverTls(t, setUp, own, (socket) => socket.getPeerCertificate(true));
    const { raw: _, ...members } = peer;
    const { pem, ...fromDer } = normalizePeerCertificate(peer, true);
    assert.deepEqual(normalizePeerCertificate(members, true), fromDer);
    assert.equal(pem.trim(), own.certificate.trim());
    assert.deepEqual(
      [fromDer.subjectCN, fromDer.verified, fromDer.fingerprint256],
      ['svc-a', true, fingerprintOf(own)],
    );
    assert.deepEqual(fromDer.notAfter, new Date(new X509Certificate(own.certificate).validTo));
    assert.equal(normalizePeerCertificate(peer, false).verified, false);
  });

  test('says what there is, and nothing of what is no certificate', () => {
    for (const value of [undefined, null, {}, 'x', { subject: {}, issuer: {} }]) {
      assert.equal(normalizePeerCertificate(value, true), undefined);
    }
    const described = normalizePeerCertificate(
      {
        subject: { O: 'Test', OU: ['a', 'b'], CN: ['first', 'second'] },
        issuer: { CN: 'Root' },
        subjectaltname: 'DNS:a.example, IP Address:10.0.0.1',
        fingerprint256: 'ab:CD',
        serialNumber: '0A',
        valid_from: 'Nov 20 17:43:53 2026 GMT',
        valid_to: 'never',
      },
      true,
    );
    assert.deepEqual(described, {
      subjectDN: 'O=Test,OU=a,OU=b,CN=first,CN=second',
      subjectCN: 'first',
      issuerDN: 'CN=Root',
      issuerCN: 'Root',
      serialNumber: '0A',
      fingerprint256: 'ABCD',
      subjectAltNames: ['DNS:a.example', 'IP:10.0.0.1'],
      notBefore: new Date('2026-11-20T17:43:53Z'),
      verified: true,
    });
  });
});

describe('parseForwardedClientCert', () => {
  const { right, other } = clientCertificates();
  const elementOf = (client) => HEADERS.envoy(client)['x-forwarded-client-cert'];

  test('reads the identity from the certificate alone', () => {
    const parsed = parseForwardedClientCert(`${elementOf(right)};Subject="CN=admin";DNS=admin.example`);
    assert.deepEqual(
      [parsed.subjectCN, parsed.fingerprint256, parsed.verified, parsed.subjectAltNames],
      ['svc-a', fingerprintOf(right), true, []],
    );
  });

  test('several elements need a word about which one counts', () => {
    const value = `${elementOf(right)},${elementOf(other)}`;
    assert.equal(parseForwardedClientCert(value), undefined);
    assert.equal(parseForwardedClientCert(value, { xfccElement: 'first' }).subjectCN, 'svc-a');
    assert.equal(parseForwardedClientCert(value, { xfccElement: 'last' }).subjectCN, 'svc-b');
  });

  test('is undefined for anything else', () => {
    for (const value of [undefined, null, 5, '', 'Subject="CN=admin"', 'Cert="x"', `${elementOf(right)};Hash=00`]) {
      assert.equal(parseForwardedClientCert(value), undefined, String(value));
    }
    const text = parseForwardedClientCert('Subject="CN=admin"', { allowTextIdentity: true });
    assert.deepEqual([text.subjectCN, text.subjectAltNames], ['admin', []]);
  });
});
