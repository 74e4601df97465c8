import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { native } from '../dist/native.js';

const { NativeCertificateSource } = native;
const FIXTURES = new URL('fixtures/certificates/', import.meta.url);
const RECORDINGS = JSON.parse(readFileSync(new URL('index.json', FIXTURES), 'utf8'));
/** Every certificate of the recordings is valid then. */
const NOW = Date.UTC(2028, 0, 1) / 1000;
const SPOOFED = ['c3Bvb2Y=', 'spoof'];

/** Each header that carries a certificate in some recording. */
const CARRIERS = [
  { certificateHeader: 'X-SSL-Client-Cert', headerEncoding: 'url-pem', listeners: ['nginx', 'apache'] },
  { certificateHeader: 'X-SSL-Client-Cert-Escaped', headerEncoding: 'url-pem', listeners: ['apache'] },
  { certificateHeader: 'X-SSL-Client-Cert-UrlPem', headerEncoding: 'url-pem', listeners: ['haproxy'] },
  { certificateHeader: 'X-SSL-Client-Cert', headerEncoding: 'base64-der', listeners: ['haproxy'] },
  { certificateHeader: 'X-Client-Cert', headerEncoding: 'base64-der', listeners: ['caddy'] },
  { certificateHeader: 'Client-Cert', headerEncoding: 'rfc9440', listeners: ['haproxy', 'caddy', 'apache'] },
  {
    certificateHeader: 'X-Forwarded-Client-Cert',
    headerEncoding: 'xfcc',
    xfccElement: 'last',
    listeners: ['envoy-append', 'envoy-setcert', 'envoy-setall', 'envoy-optional'],
  },
  {
    certificateHeader: 'X-Forwarded-Client-Cert',
    headerEncoding: 'xfcc',
    xfccElement: 'first',
    listeners: ['envoy-setall'],
  },
];

/** What each proxy's page documents. */
const DOCUMENTED = {
  nginx: { source: 'nginx' },
  haproxy: { source: 'haproxy' },
  caddy: { source: 'caddy' },
  apache: { source: 'apache' },
  'envoy-setcert': { source: 'envoy' },
  'envoy-optional': { source: 'envoy' },
  'envoy-sanitize': { source: 'envoy' },
  'envoy-append': { source: 'envoy', xfccElement: 'last' },
};

describe('certificates in headers as real proxies sent them', () => {
  let server;
  const requests = new Map();

  before(async () => {
    server = createServer((request, response) => response.end(JSON.stringify(request.rawHeaders)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    for (const { file } of RECORDINGS) requests.set(file, await replayed(file));
  });
  after(() => server.close());

  /** Name and value by turns, or the status line of a refusal, as Node's own parser reads the recorded octets. */
  async function replayed(file) {
    const socket = connect(server.address().port, '127.0.0.1');
    socket.end(readFileSync(new URL(file, FIXTURES)));
    const chunks = [];
    for await (const chunk of socket) chunks.push(chunk);
    const answer = Buffer.concat(chunks).toString('utf8');
    if (!answer.includes(' 200 ')) return answer.split('\r\n', 1)[0];
    return JSON.parse(answer.slice(answer.indexOf('['), answer.lastIndexOf(']') + 1));
  }

  function read(file, options, form = 'resolver') {
    const source = NativeCertificateSource.create({ trustedProxies: ['127.0.0.1'], ...options }, form);
    assert.ok(source instanceof NativeCertificateSource, source.message);
    const raw = requests.get(file);
    const lines = source.names.map((name) => raw.filter((_, at) => at % 2 === 1 && raw[at - 1].toLowerCase() === name));
    return source.read(lines, '127.0.0.1', NOW);
  }

  for (const recording of RECORDINGS.filter(({ file }) => !file.startsWith('nginx-folded'))) {
    const { file, listener, clientCert } = recording;
    const truth = clientCert === null ? undefined : certificates(clientCert);

    it(`${file}: every header gives the certificate or nothing`, () => {
      for (const { listeners, ...options } of CARRIERS) {
        const presented = read(file, options);
        if (truth !== undefined && (listeners.includes(listener) || presented.certificate !== undefined)) {
          assertIdentity(presented, truth);
        } else {
          assertNothing(presented);
        }
      }
    });

    if (DOCUMENTED[listener] !== undefined) {
      it(`${file}: the documented source`, () => {
        const presented = read(file, DOCUMENTED[listener]);
        if (truth === undefined || !forwards(recording)) assertNothing(presented);
        else assertIdentity(presented, truth);
      });
    }
  }

  it('a certificate that nginx could not verify is refused, one that was never there is absent', () => {
    assert.equal(read('nginx--selfsigned.head', { source: 'nginx' }).reason, 'verification_header_mismatch');
    assert.equal(read('nginx--none.head', { source: 'nginx' }).detail, 'header_absent');
    assert.equal(read('haproxy--none.head', { source: 'haproxy' }).detail, 'header_absent');
    assert.equal(read('caddy--none.head', { source: 'caddy' }).detail, 'header_absent');
    assert.equal(read('caddy--none.head', { source: 'caddy-rfc9440' }).detail, 'header_absent');
    assert.equal(read('apache--none.head', { source: 'apache' }).detail, 'header_absent');
    assert.equal(read('apache--none.head', { source: 'apache-rfc9440' }).detail, 'header_absent');
    assert.equal(read('envoy-optional--none.head', { source: 'envoy' }).detail, 'header_absent');
  });

  it("an element of the client's own is never the identity", () => {
    const append = 'envoy-append--spoof-simple.head';
    assert.equal(read(append, { source: 'envoy' }).detail, 'several_xfcc_elements');
    assert.equal(read(append, { source: 'envoy', xfccElement: 'first' }).detail, 'text_identity_not_allowed');
    assertIdentity(read(append, { source: 'envoy', xfccElement: 'last' }), certificates('certs/simple.pem'));
    const forwarded = 'envoy-fwdonly--spoof-simple.head';
    assert.equal(read(forwarded, { source: 'envoy' }).detail, 'text_identity_not_allowed');
  });

  it('a SAN that wrote a comma begins no element', () => {
    for (const xfccElement of [undefined, 'first', 'last']) {
      const presented = read('envoy-setall--san-email.head', { source: 'envoy', xfccElement });
      assertIdentity(presented, certificates('certs/san-email.pem'));
    }
  });

  it('the chain that Envoy forwards is linked where somebody asks for it', () => {
    const options = { certificateSource: 'envoy', includeChain: true };
    const { certificate } = read('envoy-setall--rich-chain.head', options, 'auth');
    const [leaf, issuer] = certificates('certs/rich-chain.pem');
    assert.equal(certificate.count, 2);
    assert.deepEqual([certificate.der(0), certificate.der(1)], [leaf.raw, issuer.raw]);
  });

  it('folded header lines never get as far as this', () => {
    assert.match(requests.get('nginx-folded--simple.head'), /^HTTP\/1\.1 400 /u);
  });

  describe('names as text', () => {
    const NAMES = {
      nginx: { subjectDN: 'X-SSL-Client-S-DN', issuerDN: 'X-SSL-Client-I-DN', verify: 'X-SSL-Client-Verify' },
      haproxy: { subjectDN: 'X-SSL-Client-S-DN', issuerDN: 'X-SSL-Client-I-DN', fingerprint: 'X-SSL-Client-SHA256' },
      apache: { subjectDN: 'X-SSL-Client-S-DN', issuerDN: 'X-SSL-Client-I-DN', verify: 'X-SSL-Client-Verify' },
      caddy: { subjectDN: 'X-Client-Subject', issuerDN: 'X-Client-Issuer', fingerprint: 'X-Client-Fingerprint' },
    };
    for (const { file, listener, clientCert } of RECORDINGS.filter(({ listener }) => listener in NAMES)) {
      it(file, () => {
        const presented = read(file, { header: { format: 'structured', ...NAMES[listener] } }, 'mtls');
        if (clientCert === null) return assertNothing(presented);
        const [{ subject, issuer, fingerprint256 }] = certificates(clientCert).map((one) => one.toLegacyObject());
        const text = JSON.parse(presented.text ?? '{}');
        if (Object.keys(subject ?? {}).length > 0) {
          // Go prints only the last common name.
          const names = [subject.CN ?? []].flat();
          assert.deepEqual(text.subjectCNs, listener === 'caddy' ? names.slice(-1) : names);
        }
        assert.deepEqual(text.issuerCNs, [issuer.CN].flat());
        if (NAMES[listener].fingerprint) assert.equal(text.fingerprint256, fingerprint256.replaceAll(':', ''));
        assert.equal(text.verified, 'verify' in NAMES[listener] && !file.includes('selfsigned'));
      });
    }
  });
});

/** Whether the proxy forwards the certificate as one that it verified. */
function forwards({ file, listener }) {
  return (
    listener !== 'envoy-sanitize' &&
    !['nginx', 'apache', 'haproxy'].some((name) => file.startsWith(`${name}--selfsigned`))
  );
}

function certificates(file) {
  const text = readFileSync(new URL(file, FIXTURES), 'utf8');
  return text.split(/(?=-----BEGIN)/u).map((block) => new X509Certificate(block));
}

function assertIdentity(presented, [truth]) {
  assert.equal(presented.detail, undefined);
  assert.equal(presented.reason, undefined);
  const { certificate } = presented;
  assert.deepEqual(certificate.der(0), truth.raw);
  const legacy = JSON.parse(certificate.legacy(0));
  const expected = JSON.parse(JSON.stringify(truth.toLegacyObject()));
  for (const member of [
    'subject',
    'issuer',
    'subjectaltname',
    'serialNumber',
    'valid_from',
    'valid_to',
    'fingerprint',
    'fingerprint256',
    'fingerprint512',
  ]) {
    assert.deepEqual(legacy[member], expected[member], member);
  }
}

function assertNothing(presented) {
  assert.equal(presented.certificate, undefined);
  assert.notEqual(presented.reason, undefined);
  for (const spoofed of SPOOFED) assert.ok(!JSON.stringify(presented).includes(spoofed));
}
