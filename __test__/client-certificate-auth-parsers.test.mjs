import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { allowCA } from '@monocloud/backend-node/client-certificate-auth/helpers';
import * as parsers from '@monocloud/backend-node/client-certificate-auth/parsers';
import { authority, ENCODED } from './support/client-certificates.mjs';

const { certificate } = authority.issueClient({ commonName: 'svc-a', uris: ['spiffe://acme/a,b'] });
const { certificate: expired } = authority.issueClient({ commonName: 'svc-a', expired: true });
const { raw } = new X509Certificate(certificate);

const PARSERS = {
  'url-pem': parsers.parseUrlPem,
  'url-pem-aws': parsers.parseUrlPemAws,
  xfcc: parsers.parseXfcc,
  'base64-der': parsers.parseBase64Der,
  rfc9440: parsers.parseRfc9440,
};

/** Node 20 and later have the same members. */
const described = new X509Certificate(certificate).toLegacyObject();

for (const [encoding, parse] of Object.entries(PARSERS)) {
  describe(encoding, () => {
    test('gives the object that Node gives', () => {
      const value = ENCODED[encoding](certificate);
      for (const found of [parse(value), parsers.parseHeaderValue(value, encoding)]) {
        for (const [name, member] of Object.entries(described)) assert.deepEqual(found[name], member, name);
        assert.equal(Object.getPrototypeOf(found.subject), null);
        assert.ok(Buffer.isBuffer(found.raw) && Buffer.isBuffer(found.pubkey));
        assert.equal('issuerCertificate' in found, false);
      }
    });

    test('looks at no dates', () => assert.equal(parse(ENCODED[encoding](expired)).subject.CN, 'svc-a'));

    test('gives null for anything else', () => {
      for (const value of [
        '',
        ' ',
        '(null)',
        '%',
        'svc-a',
        ',',
        undefined,
        null,
        5,
        {},
        [ENCODED[encoding](certificate)],
      ]) {
        assert.equal(parse(value), null, String(value));
        assert.equal(parsers.parseHeaderValue(value, encoding), null, String(value));
      }
    });
  });
}

test('certificates by themselves', () => {
  for (const found of [parsers.pemToCertificate(certificate), parsers.derToCertificate(raw)]) {
    assert.equal(found.fingerprint256, described.fingerprint256);
  }
  assert.equal(parsers.derToCertificate(new Uint8Array(raw)).fingerprint256, described.fingerprint256);
  for (const wrong of ['', 'svc-a', undefined, null, 5]) {
    assert.equal(parsers.pemToCertificate(wrong), null);
    assert.equal(parsers.derToCertificate(wrong), null);
  }
  assert.equal(parsers.derToCertificate(Buffer.concat([raw, Buffer.of(0)])), null);
  assert.equal(parsers.derToCertificate(raw.subarray(1)), null);
});

test('every object is a new one', () => {
  const [first, second] = [parsers.pemToCertificate(certificate), parsers.pemToCertificate(certificate)];
  first.raw.fill(0);
  first.subject.CN = 'admin';
  assert.deepEqual([second.subject.CN, second.raw], ['svc-a', raw]);
});

test('no encoding but the known ones', () => {
  for (const encoding of ['pem', '', 'toString', undefined, null, 5]) {
    assert.equal(parsers.parseHeaderValue(ENCODED['base64-der'](certificate), encoding), null);
  }
});

test('issuers are linked where a header may carry them', () => {
  const value = [certificate, authority.certificate].map(ENCODED['base64-der']).join(',');
  assert.equal(parsers.parseBase64Der(value), null);
  for (const found of [
    parsers.parseBase64Der(value, { chainInLeafHeader: true }),
    parsers.parseHeaderValue(value, 'base64-der', { chainInLeafHeader: true }),
    parsers.parseUrlPem(encodeURIComponent(certificate + authority.certificate)),
    parsers.getCertificateFromHeaders({ 'x-forwarded-tls-client-cert': value }, { certificateSource: 'traefik' }),
  ]) {
    assert.equal(found.issuerCertificate.subject.CN, 'Test tenant CA');
    assert.equal('issuerCertificate' in found.issuerCertificate, false);
  }
  const foreign = parsers.pemToCertificate(certificate + expired);
  assert.equal('issuerCertificate' in foreign, false);
});

test('at most MAX_CHAIN_CERTS certificates', () => {
  assert.equal(parsers.MAX_CHAIN_CERTS, 10);
  assert.ok(parsers.pemToCertificate(certificate.repeat(10)));
  assert.equal(parsers.pemToCertificate(certificate.repeat(11)), null);
});

describe('headers of a request', () => {
  const value = ENCODED.rfc9440(certificate);

  test('by the options of the extractor', () => {
    const config = { certificateHeader: 'Client-Cert', headerEncoding: 'rfc9440', chainHeader: 'Client-Cert-Chain' };
    const chain = { 'client-cert-chain': ENCODED.rfc9440(authority.certificate) };
    const found = parsers.getCertificateFromHeaders({ 'client-cert': value, ...chain }, config);
    assert.equal(found.subject.CN, 'svc-a');
    assert.equal(found.issuerCertificate.subject.CN, 'Test tenant CA');
    assert.equal(parsers.getCertificateFromHeaders({}, config), null);
    assert.equal(parsers.getCertificateFromHeaders({ 'client-cert': [value, value] }, config), null);
  });

  test('wrong options throw, and none find nothing', () => {
    assert.throws(
      () => parsers.getCertificateFromHeaders({}, { certificateSource: 'nobody' }),
      /unknown certificateSource/,
    );
    assert.equal(parsers.getCertificateFromHeaders({ 'client-cert': value }, {}), null);
  });

  test('must be within their dates', () => {
    const headers = { 'x-client-cert': ENCODED['base64-der'](expired) };
    assert.equal(parsers.getCertificateFromHeaders(headers, { certificateSource: 'caddy' }), null);
    const found = parsers.getCertificateFromHeaders(headers, { certificateSource: 'caddy', checkValidity: false });
    assert.equal(found.subject.CN, 'svc-a');
  });
});

describe('what real proxies sent', () => {
  const folder = new URL('./fixtures/certificates/', import.meta.url);
  const read = (name) => readFileSync(new URL(name, folder), 'utf8');
  const lineOf = (head, name) => new RegExp(`^${name}: (.*)\\r?$`, 'im').exec(read(head))[1];

  for (const name of ['multirdn', 'rich', 'rsa', 'san-email', 'simple', 'twocn', 'unicode', 'emptysubj']) {
    test(`Envoy and HAProxy with the certificate ${name}`, () => {
      const suffix = name === 'rich' ? 'rich-chain' : name;
      const expected = parsers.pemToCertificate(read(`certs/${name}.pem`));
      const values = [
        [lineOf(`envoy-setall--${suffix}.head`, 'x-forwarded-client-cert'), 'xfcc'],
        [lineOf(`haproxy--${suffix}.head`, 'x-ssl-client-cert'), 'base64-der'],
        [lineOf(`haproxy--${suffix}.head`, 'client-cert'), 'rfc9440'],
      ];
      for (const [value, encoding] of values) {
        const { issuerCertificate, ...found } = parsers.parseHeaderValue(value, encoding);
        assert.deepEqual(found, expected, encoding);
        assert.equal(issuerCertificate === undefined, name !== 'rich' || encoding !== 'xfcc', encoding);
      }
    });
  }

  test('a chain leads to its root only with its issuers', () => {
    const value = lineOf('envoy-setall--rich-chain.head', 'x-forwarded-client-cert');
    const chained = parsers.parseXfcc(value);
    const { issuerCertificate, ...alone } = chained;
    assert.deepEqual(issuerCertificate, parsers.pemToCertificate(read('certs/inter.pem')));
    const admits = allowCA(read('certs/root.pem'));
    assert.equal(admits(chained), true);
    assert.equal(admits(alone), false);
    assert.equal(allowCA(read('certs/root.pem'), { maxDepth: 1 })(chained), false);
    assert.equal(allowCA([read('certs/inter.pem')])(alone), true);
  });
});
