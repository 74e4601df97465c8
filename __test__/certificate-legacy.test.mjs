import assert from 'node:assert/strict';
import { X509Certificate, getCurves } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from '../dist/native.js';
import {
  alternativeNames,
  bits,
  commonName,
  element,
  extension,
  name,
  oid,
  oidContent,
  otherName,
  publicKey,
  utf8,
  writtenCertificate,
} from './support/written-certificate.mjs';
import der from '../dist/testing/der.js';
import testing from '../dist/testing/index.js';

const { boolean, sequence } = der;
const { NativeCertificate } = native;
const FIXTURES = new URL('fixtures/certificates/', import.meta.url);
// Newer releases of Node describe some of these certificates otherwise; the promise is Node 20's description.
const onNode20 = { skip: !process.version.startsWith('v20.') };

function described(bytes) {
  const certificate = NativeCertificate.parse(bytes);
  assert.ok(certificate, bytes.toString('hex'));
  return JSON.parse(certificate.legacy(0));
}

function asNodeDescribes(bytes) {
  const { raw, ...legacy } = new X509Certificate(bytes).toLegacyObject();
  assert.deepEqual(raw, bytes);
  if (legacy.pubkey !== undefined) legacy.pubkey = legacy.pubkey.toString('base64');
  return JSON.parse(JSON.stringify(legacy));
}

function assertAsNode(bytes) {
  const [ours, theirs] = [described(bytes), asNodeDescribes(bytes)];
  assert.deepEqual(ours, theirs);
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
}

function recorded(file) {
  const text = readFileSync(new URL(`certs/${file}`, FIXTURES), 'utf8');
  return text.split(/(?=-----BEGIN)/u).map((block) => new X509Certificate(block).raw);
}

const DN = name(
  [['2.5.4.6', element(0x13, 'DE')]],
  [
    ['2.5.4.10', utf8('a,b"\\\'ö\n\0 +=;<>')],
    ['2.5.4.11', utf8(' #x ')],
  ],
  [['1.2.3.4', utf8('q')]],
  [['2.5.4.45', bits(1)]],
  [['2.5.4.3', utf8('')]],
  [['2.5.4.3', utf8('#')]],
  [['2.5.4.3', utf8(' ')]],
  [['2.5.4.3', utf8('#a')]],
);

const CERTIFICATES = {
  'version 1': { version: null },
  'serial 0': { serial: Buffer.of(0) },
  'a serial of one octet': { serial: Buffer.of(10) },
  'a negative serial': { serial: Buffer.of(0xff) },
  'a negative serial of two octets': { serial: Buffer.of(0x80, 1) },
  'a serial of 40 octets': { serial: Buffer.alloc(40, 0x7f) },
  'a serial with its first bit set': { serial: Buffer.from([0, 0x80, 1]) },
  'the years 1950 and 9999': {
    notBefore: element(0x17, '500102030405Z'),
    notAfter: element(0x18, '99991231235959Z'),
  },
  'the years 1 and 2049': { notBefore: element(0x18, '00010101000000Z'), notAfter: element(0x17, '491231235959Z') },
  'an empty subject': { subject: name() },
  'every string type': {
    subject: name(
      [['2.5.4.3', element(0x13, 'printable')]],
      [['2.5.4.10', element(0x14, 'teletex \xf6')]],
      [['2.5.4.11', element(0x16, 'ia5\0')]],
      [['2.5.4.12', element(0x1e, Buffer.from([0, 0xf6, 0x20, 0xac]))]],
      [['2.5.4.13', element(0x1c, Buffer.from([0, 1, 0xf6, 0]))]],
      [['2.5.4.14', element(0x12, '123')]],
      [['2.5.4.41', utf8('Jürgen \u{1f600}\u0001"\\,')]],
    ),
  },
  'several values of a type': {
    subject: name(
      [['2.5.4.3', utf8('a')]],
      [['2.5.4.10', utf8('z')]],
      [
        ['2.5.4.3', utf8('b')],
        ['2.5.4.11', utf8('y')],
      ],
      [['2.5.4.3', utf8('c')]],
    ),
  },
  'attribute types with and without short names': {
    subject: name(
      ...['2.5.4.5', '2.5.4.97', '2.5.4.200', '0.9.2342.19200300.100.1.25', '0.9.2342.19200300.100.1.1'].map((type) => [
        [type, utf8(type)],
      ]),
      ...['1.2.840.113549.1.9.1', '1.3.6.1.4.1.311.60.2.1.3', '1.2.643.3.131.1.1', '2.999.1', '1.2.3.4294967296'].map(
        (type) => [[type, utf8(type)]],
      ),
    ),
  },
  'a name of bits': { issuer: name([['2.5.4.45', bits(1)]], [['2.5.4.3', utf8('a')]]) },
  'every kind of alternative name': {
    extensions: [
      alternativeNames(
        ...['a.b', 'a,b', "it's", 'a\0b', '\xf6\x7f', 'a"b\\', '*.x', ''].map((text) => element(0x82, text)),
        ...['https://a.example/b?c=d&e', 'urn:a,DNS:b', 'urn:\n'].map((text) => element(0x86, text)),
        element(0x81, 'a@b'),
        ...[[1, 2, 3, 4], [], [1, 2], Array.from({ length: 16 }, (_, at) => at * 3)].map((octets) =>
          element(0x87, Buffer.from(octets)),
        ),
        element(0x88, oidContent('1.2.3.999')),
        otherName('1.3.6.1.4.1.311.20.2.3', utf8('u,ö\u0001@x')),
        otherName('1.3.6.1.4.1.311.20.2.3', element(0x16, 'u@x')),
        otherName('1.3.6.1.5.5.7.8.5', utf8('x@y')),
        otherName('1.3.6.1.5.5.7.8.7', element(0x16, '_s.\xf6')),
        otherName('1.3.6.1.5.5.7.8.8', utf8('realm')),
        otherName('1.3.6.1.5.5.7.8.9', utf8('ö@y')),
        otherName('1.2.3', utf8('z')),
        element(0xa4, DN),
        element(0xa4, name()),
        element(0xa4, commonName('plain')),
        element(0xa3, sequence()),
        element(0xa5, element(0xa1, utf8('z'))),
      ),
    ],
  },
  'no alternative name in the extension': { extensions: [alternativeNames()] },
  'information access': {
    extensions: [
      extension(
        '1.3.6.1.5.5.7.1.1',
        sequence(
          sequence(oid('1.3.6.1.5.5.7.48.1'), element(0x86, 'http://o/')),
          sequence(oid('1.3.6.1.5.5.7.48.2'), element(0x86, 'http://a,b"\n')),
          sequence(oid('1.3.6.1.5.5.7.48.1'), element(0x86, '2')),
          sequence(oid('1.3.6.1.5.5.7.48.1'), element(0x87, Buffer.of(127, 0, 0, 1))),
          sequence(oid('1.2.3.4'), element(0x81, 'a@b')),
          ...[3, 4, 5, 10, 11, 13].map((last) => sequence(oid(`1.3.6.1.5.5.7.48.${last}`), element(0xa4, DN))),
        ),
      ),
    ],
  },
  'extended key usages': {
    extensions: [
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'), oid('1.3.6.1.5.5.7.3.1'), oid('2.5.29.37.0'))),
    ],
  },
  'no extended key usage in the extension': { extensions: [extension('2.5.29.37', sequence())] },
  'an authority': {
    extensions: [
      extension('2.5.29.19', sequence(boolean(true)), boolean(true)),
      extension('2.5.29.15', element(3, Buffer.of(1, 6))),
    ],
  },
  'an authority without key usage': { extensions: [extension('2.5.29.19', sequence(boolean(true)))] },
  'an authority that may not sign': {
    extensions: [
      extension('2.5.29.19', sequence(boolean(true))),
      extension('2.5.29.15', element(3, Buffer.of(7, 0x80))),
    ],
  },
  'basic constraints spelt out': { extensions: [extension('2.5.29.19', sequence(element(1, Buffer.of(0))))] },
  'RSA of 1024 bits': { key: publicKey('rsa', { modulusLength: 1024 }) },
  'RSA of 1023 bits and exponent 3': { key: publicKey('rsa', { modulusLength: 1023, publicExponent: 3 }) },
  'RSA with a long exponent': { key: publicKey('rsa', { modulusLength: 1024, publicExponent: 0xfffffffb }) },
  'RSASSA-PSS': { key: publicKey('rsa-pss', { modulusLength: 1024 }) },
  Ed25519: { key: publicKey('ed25519') },
  Ed448: { key: publicKey('ed448') },
};

describe('the description of a certificate', onNode20, () => {
  for (const file of readdirSync(new URL('certs/', FIXTURES))) {
    it(`is Node's: ${file}`, () => recorded(file).forEach(assertAsNode));
  }

  for (const [what, template] of Object.entries(CERTIFICATES)) {
    it(`is Node's: ${what}`, () => assertAsNode(writtenCertificate(template)));
  }

  it("is Node's: an authority, a server and a client of the test tenant", () => {
    const authority = testing.createCertificateAuthority();
    const names = { dnsNames: ['a.example', '*.b'], ipAddresses: ['2001:db8::7', '10.0.0.1'], uris: ['spiffe://e/a'] };
    const pems = [
      authority.certificate,
      authority.issueServer(['api.example', '127.0.0.1', '::1']).certificate,
      authority.issueClient({ commonName: 'Zoë, "x"', organization: 'Exämple', ...names }).certificate,
      testing.createSelfSignedCertificate({ commonName: 'own', notAfter: new Date('2050-01-02T03:04:05Z') })
        .certificate,
    ];
    for (const pem of pems) assertAsNode(new X509Certificate(pem).raw);
  });

  it("is Node's on every curve of primes", () => {
    const primes = getCurves().filter((curve) => /^(prime|secp|brainpool)/u.test(curve));
    assert.ok(primes.length > 20);
    for (const namedCurve of primes) assertAsNode(writtenCertificate({ key: publicKey('ec', { namedCurve }) }));
  });
});

describe('the recorded descriptions', () => {
  for (const file of readdirSync(FIXTURES).filter((entry) => entry.endsWith('.node20-legacy.json'))) {
    it(file, () => {
      const { raw, pubkey, ...dump } = JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8'));
      const [bytes] = recorded(file.replace('.node20-legacy.json', '.pem'));
      const { pubkey: key, ...ours } = described(bytes);
      assert.deepEqual(ours, dump);
      assert.equal(`<Buffer ${bytes.length}>`, raw);
      assert.equal(`<Buffer ${Buffer.from(key, 'base64').length}>`, pubkey);
    });
  }
});
