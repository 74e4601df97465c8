import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from '../dist/native.js';
import der from '../dist/testing/der.js';
import {
  alternativeNames,
  bits,
  commonName,
  element,
  extension,
  name,
  oid,
  otherName,
  utf8,
  writtenCertificate,
} from './support/written-certificate.mjs';

const { boolean, sequence, set } = der;
const { NativeCertificate } = native;
const recorded = (file) => readFileSync(new URL(`fixtures/certificates/certs/${file}.pem`, import.meta.url), 'utf8');
const parse = (template) => NativeCertificate.parse(writtenCertificate(template));
const one = writtenCertificate();

describe('octets that are one certificate', () => {
  it('are read as they stand', () => {
    const { raw } = new X509Certificate(recorded('rich'));
    const certificate = NativeCertificate.parse(raw);
    assert.equal(certificate.count, 1);
    assert.deepEqual(certificate.der(0), raw);
    assert.equal(certificate.der(1), null);
    assert.equal(certificate.legacy(1), null);
    assert.equal(certificate.pem, new X509Certificate(raw).toString());
    assert.equal(certificate.thumbprint, createHash('sha256').update(raw).digest('base64url'));
    // A view into a larger buffer.
    const around = Buffer.concat([Buffer.of(1, 2), raw, Buffer.of(3)]);
    assert.deepEqual(NativeCertificate.parse(around.subarray(2, -1)).der(0), raw);
  });

  it('may carry what says nothing here', () => {
    for (const template of [
      { version: Buffer.of(1), more: [element(0x81, Buffer.of(0, 1)), element(0x82, Buffer.of(0, 2))] },
      { extensions: [extension('1.2.3', Buffer.from('any'), boolean(true))] },
      { extensions: [extension('1.2.3', Buffer.of(), element(1, Buffer.of(0)))] },
      { key: sequence(sequence(oid('1.2.3.4')), bits(1)) },
    ]) {
      assert.ok(parse(template));
    }
  });
});

describe('octets that are not exactly one certificate', () => {
  const refused = (bytes, what) => assert.equal(NativeCertificate.parse(bytes), null, what);
  const refusedWith = (template, what) => refused(writtenCertificate(template), what);

  it('nothing, text, several, and more than 64 KiB', () => {
    refused(Buffer.alloc(0));
    refused(Buffer.from(recorded('rich')));
    refused(Buffer.concat([one, Buffer.of(0)]));
    refused(Buffer.concat([one, one]));
    refused(Buffer.concat([Buffer.of(0), one]));
    assert.ok(parse({ extensions: [extension('1.2.3', Buffer.alloc(64_000))] }));
    refusedWith({ extensions: [extension('1.2.3', Buffer.alloc(65_536))] });
    for (let length = 0; length < one.length; length += 1) refused(one.subarray(0, length), `${length} octets`);
  });

  it('lengths that are not DER', () => {
    assert.deepEqual(one.subarray(0, 2), Buffer.of(0x30, 0x81));
    const content = one.subarray(3);
    refused(Buffer.concat([Buffer.of(0x30, 0x82, 0), one.subarray(2)]));
    refused(Buffer.concat([Buffer.of(0x30, 0x80), content, Buffer.of(0, 0)]));
    refusedWith({ serial: Buffer.of(0, 1) }, 'a serial with a leading zero');
    refusedWith({ serial: Buffer.alloc(0) }, 'a serial of nothing');
  });

  it('fields too many, too few, or out of place', () => {
    refusedWith({ outer: [element(5)] }, 'after the signature');
    refusedWith({ more: [element(5)] }, 'after the fields');
    refusedWith({ extensions: [extension('1.2.3', Buffer.of())], more: [element(0xa3, sequence())] });
    for (const version of [[3], [2, 0], [0, 2], [0xff], []])
      refusedWith({ version: Buffer.from(version) }, 'a version');
    refusedWith({ version: null, extensions: [alternativeNames()] }, 'extensions in version 1');
    refusedWith({ version: Buffer.of(1), extensions: [alternativeNames()] }, 'extensions in version 2');
    refusedWith({ innerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) }, 'two algorithms');
    refusedWith({ more: [element(0x81, Buffer.of(9, 0))] }, 'an identifier of no bits');
    refusedWith({ key: sequence(sequence(oid('1.2.840.10045.2.1'), utf8('a')), bits(4)) }, 'no curve');
    refusedWith({ key: sequence(sequence(oid('1.2.3.4'))) }, 'half a key');
    refusedWith({ key: sequence(sequence(oid('1.2.3.4')), element(3, Buffer.of(4, 0))) }, 'a key of half octets');
    const flipped = Buffer.from(one);
    flipped[flipped.length - 4] = 1;
    refused(flipped, 'a signature of half octets');
  });

  it('dates that are not as RFC 5280 has them', () => {
    const fine = element(0x17, '260101000000Z');
    for (const [tag, text] of [
      [0x17, '2601010000Z'],
      [0x17, '260101000000'],
      [0x17, '260101000000+0000'],
      [0x17, '260101000000.5Z'],
      [0x17, '260230000000Z'],
      [0x17, '261301000000Z'],
      [0x17, '260101240000Z'],
      [0x17, '26010100000 Z'],
      [0x17, '20260101000000Z'],
      [0x18, '260101000000Z'],
      [0x18, '20260101000000.5Z'],
      [0x18, '20260101000000+0100'],
      [0x0c, '260101000000Z'],
    ]) {
      refusedWith({ notAfter: element(tag, text) }, text);
    }
    refusedWith({ dates: [fine] });
    refusedWith({ dates: [fine, fine, fine] });
  });

  it('names that would be read in part', () => {
    const attribute = (value, ...more) => sequence(oid('2.5.4.3'), value, ...more);
    for (const subject of [
      sequence(set(attribute(utf8('a'))), attribute(utf8('b'))),
      sequence(set(attribute(utf8('a'))), Buffer.of(0)),
      sequence(set()),
      sequence(set(attribute(utf8('a'), utf8('b')))),
      sequence(set(sequence(oid('2.5.4.3')))),
      sequence(set(sequence(utf8('CN'), utf8('a')))),
      sequence(set(sequence(element(6, Buffer.of(0x55, 0x80, 3)), utf8('a')))),
      sequence(set(sequence(element(6, Buffer.of(0x55, 0x84)), utf8('a')))),
      name([['2.5.4.3', element(0x0c, Buffer.of(0xff))]]),
      name([['2.5.4.3', element(0x0c, Buffer.of(0xc0, 0x80))]]),
      name([['2.5.4.3', element(0x1e, Buffer.of(0))]]),
      name([['2.5.4.3', element(0x1e, Buffer.of(0xd8, 0x3d, 0xde, 0))]]),
      name([['2.5.4.3', element(0x1c, Buffer.of(0, 0x11, 0, 0))]]),
      name([['2.5.4.3', element(0x05)]]),
      name([['2.5.4.45', element(0x03, Buffer.of(8, 1))]]),
    ]) {
      refusedWith({ subject, issuer: commonName('a') }, subject.toString('hex'));
      refusedWith({ issuer: subject, subject: commonName('a') }, subject.toString('hex'));
      refusedWith({ extensions: [alternativeNames(element(0xa4, subject))] }, subject.toString('hex'));
    }
  });

  it('more than 64 extensions', () => {
    const extensions = Array.from({ length: 65 }, (_, at) => extension(`1.2.3.${at}`, Buffer.of()));
    assert.ok(parse({ extensions: extensions.slice(1) }));
    refusedWith({ extensions });
  });

  it('extensions twice, or not well-formed where they are read', () => {
    const keyUsage = (...octets) => extension('2.5.29.15', element(3, Buffer.from(octets)));
    const san = (...names) => alternativeNames(...names);
    for (const extensions of [
      [extension('1.2.3', Buffer.of()), extension('1.2.3', Buffer.of())],
      [san(element(0x82, 'a')), san(element(0x82, 'b'))],
      [sequence(oid('1.2.3'), element(1, Buffer.of(1)), element(4))],
      [sequence(oid('1.2.3'), element(4), element(4))],
      [sequence(oid('1.2.3'))],
      [extension('2.5.29.17', Buffer.from('no sequence'))],
      [extension('2.5.29.17', Buffer.concat([sequence(element(0x82, 'a')), Buffer.of(0)]))],
      [san(element(0x82, 'a'), element(0x89, 'b'))],
      [san(element(0x82, 'a'), Buffer.of(0x82, 5, 0x61))],
      [san(element(0x02, 'a'))],
      [san(element(0x88, Buffer.of(0x80)))],
      [san(element(0xa0, oid('1.2.3')))],
      [san(element(0xa0, oid('1.2.3'), element(0xa0, utf8('a'), utf8('b'))))],
      [san(otherName('1.3.6.1.4.1.311.20.2.3', element(0x0c, Buffer.of(0xff))))],
      [keyUsage(0)],
      [keyUsage(7, 0)],
      [keyUsage(8, 0x80)],
      [extension('2.5.29.15', element(4, Buffer.of(7, 0x80)))],
      [extension('2.5.29.19', sequence(element(1, Buffer.of(1))))],
      [extension('2.5.29.19', sequence(boolean(true), element(2, Buffer.of(0xff))))],
      [extension('2.5.29.19', sequence(boolean(true), element(2, Buffer.of(1)), element(2, Buffer.of(1))))],
      [extension('2.5.29.14', element(0x0c, 'a'))],
      [extension('2.5.29.35', sequence(element(0x83, 'a')))],
      [extension('2.5.29.37', sequence(utf8('clientAuth')))],
      [extension('1.3.6.1.5.5.7.1.1', sequence(sequence(oid('1.2.3'))))],
    ]) {
      refusedWith({ extensions }, Buffer.concat(extensions).toString('hex'));
    }
  });
});

describe('the dates of a certificate', () => {
  const certificate = parse({ notBefore: element(0x17, '260101000000Z'), notAfter: element(0x17, '260102000000Z') });
  const [from, to] = [Date.UTC(2026, 0, 1) / 1000, Date.UTC(2026, 0, 2) / 1000];

  it('include both ends, the last second to its end', () => {
    for (const [now, tolerance, verdict] of [
      [from, 0, null],
      [from - 0.1, 0, 'certificate_not_yet_valid'],
      [from - 60, 60, null],
      [from - 61, 60, 'certificate_not_yet_valid'],
      [to, 0, null],
      [to + 0.999, 0, null],
      [to + 1, 0, 'certificate_expired'],
      [to + 60.5, 60, null],
      [to + 61, 60, 'certificate_expired'],
      [NaN, 0, 'certificate_not_yet_valid'],
      [from, NaN, 'certificate_not_yet_valid'],
    ]) {
      assert.equal(certificate.validity(now, tolerance), verdict, `${now} ${tolerance}`);
    }
  });

  it('lie before 1970 and as late as 9999', () => {
    const old = parse({ notBefore: element(0x17, '500101000000Z'), notAfter: element(0x17, '691231235959Z') });
    assert.equal(old.validity(-1, 0), null);
    assert.equal(old.validity(0, 0), 'certificate_expired');
    assert.equal(old.validity(Date.UTC(1950, 0, 1) / 1000 - 1, 0), 'certificate_not_yet_valid');
    const open = parse({ notAfter: element(0x18, '99991231235959Z') });
    assert.equal(open.validity(Date.UTC(9999, 11, 31) / 1000, 0), null);
    const backwards = parse({
      notBefore: element(0x17, '270101000000Z'),
      notAfter: element(0x17, '260101000000Z'),
    });
    assert.notEqual(backwards.validity(Date.UTC(2026, 6) / 1000, 0), null);
  });
});

describe('the short form', () => {
  it('of a certificate is that of its description', () => {
    for (const file of ['rich', 'multirdn', 'emptysubj', 'twocn', 'unicode', 'san-email', 'rsa']) {
      const x509 = new X509Certificate(recorded(file));
      const { raw, ...legacy } = x509.toLegacyObject();
      for (const verified of [true, false]) {
        const own = JSON.parse(NativeCertificate.parse(raw).normalized(verified));
        const ofLegacy = JSON.parse(native.normalizeCertificate(JSON.stringify(legacy), raw, verified));
        const dates = { notBefore: Date.parse(ofLegacy.notBefore), notAfter: Date.parse(ofLegacy.notAfter) };
        assert.deepEqual(own, { ...ofLegacy, ...dates });
        assert.equal(own.verified, verified);
        assert.equal(own.pem, x509.toString());
      }
    }
  });

  it('has all values, and addresses by a short name', () => {
    const { pem, fingerprint256, notBefore, notAfter, ...rest } = JSON.parse(
      NativeCertificate.parse(new X509Certificate(recorded('rich')).raw).normalized(true),
    );
    assert.deepEqual(rest, {
      subjectDN: 'C=US,O=Acme, Inc.,OU=Payments;Core,CN=svc-b',
      subjectCN: 'svc-b',
      issuerDN: 'O=Acme,CN=Acme Issuing CA 1',
      issuerCN: 'Acme Issuing CA 1',
      serialNumber: '026866C0AFFA5F53B24B5E415C52AA5002B484BE',
      subjectAltNames: [
        'URI:spiffe://acme/ns/prod/sa/svc-b',
        'DNS:svc-b.internal',
        'DNS:svc-b.example',
        'IP:10.0.0.7',
        'IP:2001:DB8:0:0:0:0:0:1',
        'email:svc-b@acme.example',
      ],
      verified: true,
    });
    assert.match(fingerprint256, /^[0-9A-F]{64}$/u);
    assert.equal(new Date(notBefore).toISOString(), '2026-11-20T17:43:53.000Z');
    assert.equal(new Date(notAfter).toISOString(), '2032-05-12T17:43:53.000Z');
    assert.match(pem, /^-----BEGIN CERTIFICATE-----\n/u);
  });

  it('never splits a name at a comma of its own', () => {
    const names = ['a,DNS:b', 'a, DNS:b', '"', ' a '].map((text) => element(0x82, text));
    const { subjectAltNames } = JSON.parse(parse({ extensions: [alternativeNames(...names)] }).normalized(false));
    assert.equal(subjectAltNames.length, names.length);
    assert.ok(!subjectAltNames.includes('DNS:b'));
    assert.equal(subjectAltNames.at(-1), 'DNS: a ');
  });

  it('of a description takes what is there', () => {
    const normalize = (description) => {
      const text = native.normalizeCertificate(JSON.stringify(description), undefined, true);
      return text === null ? null : JSON.parse(text);
    };
    const rest = { subjectAltNames: [], verified: true };
    assert.deepEqual(normalize({ subject: { CN: ['a', 'b'], O: 'c' } }), {
      ...rest,
      subjectDN: 'CN=a,CN=b,O=c',
      subjectCN: 'a',
    });
    assert.deepEqual(normalize({ fingerprint256: 'ab:CD ef' }), { ...rest, fingerprint256: 'ABCDEF' });
    assert.deepEqual(normalize({ serialNumber: '0a', valid_from: 'never', subjectaltname: 'DNS:a, IP Address:::1' }), {
      ...rest,
      serialNumber: '0a',
      notBefore: 'never',
      subjectAltNames: ['DNS:a', 'IP:::1'],
    });
    for (const nobody of [{}, { subject: {}, issuer: {} }, { subject: 'CN=a' }, { subjectaltname: 'DNS:a' }, [], 7]) {
      assert.equal(normalize(nobody), null, JSON.stringify(nobody));
    }
    assert.equal(native.normalizeCertificate('{', undefined, true), null);
  });
});
