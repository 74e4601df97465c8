import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { native } from '../dist/native.js';
import der from '../dist/testing/der.js';
import { commonName, element, extension, oid, writtenCertificate } from './support/written-certificate.mjs';

const { boolean, sequence } = der;
const NOW = Date.UTC(2026, 5) / 1000;
const NULL = element(5);
const HASHES = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' };

const keys = new Map();
function pair(type, options) {
  const name = JSON.stringify([type, options]);
  if (!keys.has(name)) keys.set(name, generateKeyPairSync(type, options));
  return keys.get(name);
}

const rsa = (modulusLength = 2048) => pair('rsa', { modulusLength });
const ec = (namedCurve) => pair('ec', { namedCurve });
const spki = ({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' });

/** Whether a leaf that `issuer` signed in this way is admitted where `issuer` is trusted. */
function refusal(issuer, algorithm, signer, { issuerKey = spki(issuer), innerAlgorithm = algorithm } = {}) {
  const anchor = writtenCertificate({
    subject: commonName('root'),
    key: issuerKey,
    extensions: [extension('2.5.29.19', sequence(boolean(true)), boolean(true))],
  });
  const issuerName = commonName('root');
  const leaf = writtenCertificate({ issuer: issuerName, algorithm, innerAlgorithm, sign: signer });
  return native.NativeTrustAnchors.create([anchor]).refusal([leaf], NOW) ?? 'admitted';
}

const signedBy = (hash, options) => (bytes) => sign(hash, bytes, options);
const pss = (issuer, hash, saltLength) =>
  signedBy(hash, { key: issuer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

function pssAlgorithm(hash, saltLength, { inner = hash, trailer } = {}) {
  const identifier = (name) => sequence(oid(HASHES[name] ?? '1.3.14.3.2.26'), NULL);
  return sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      element(0xa0, identifier(hash)),
      element(0xa1, sequence(oid('1.2.840.113549.1.1.8'), identifier(inner))),
      element(0xa2, element(2, Buffer.of(saltLength))),
      ...(trailer === undefined ? [] : [element(0xa3, element(2, Buffer.of(trailer)))]),
    ),
  );
}

const SALTS = { sha256: 32, sha384: 48, sha512: 64 };

describe('signatures that count', () => {
  it('RSASSA-PKCS1-v1_5 with SHA-2', () => {
    Object.keys(HASHES).forEach((hash, at) => {
      for (const parameters of [[NULL], []]) {
        const algorithm = sequence(oid(`1.2.840.113549.1.1.${11 + at}`), ...parameters);
        assert.equal(refusal(rsa(), algorithm, signedBy(hash, rsa().privateKey)), 'admitted', hash);
      }
    });
  });

  it('RSASSA-PSS with SHA-2, under keys for any scheme and for this one', () => {
    for (const hash of Object.keys(HASHES)) {
      const bound = { modulusLength: 2048, hashAlgorithm: hash, mgf1HashAlgorithm: hash, saltLength: SALTS[hash] };
      for (const issuer of [rsa(), pair('rsa-pss', { modulusLength: 2048 }), pair('rsa-pss', bound)]) {
        const algorithm = pssAlgorithm(hash, SALTS[hash]);
        assert.equal(refusal(issuer, algorithm, pss(issuer, hash, SALTS[hash])), 'admitted', hash);
      }
    }
    const algorithm = pssAlgorithm('sha256', 32, { trailer: 1 });
    assert.equal(refusal(rsa(), algorithm, pss(rsa(), 'sha256', 32)), 'admitted');
  });

  it('ECDSA on the curves of NIST with SHA-2', () => {
    for (const curve of ['prime256v1', 'secp384r1', 'secp521r1']) {
      Object.keys(HASHES).forEach((hash, at) => {
        const algorithm = sequence(oid(`1.2.840.10045.4.3.${2 + at}`));
        const issuer = ec(curve);
        assert.equal(refusal(issuer, algorithm, signedBy(hash, issuer.privateKey)), 'admitted', `${curve} ${hash}`);
      });
    }
  });

  it('Ed25519', () => {
    const issuer = pair('ed25519');
    assert.equal(refusal(issuer, sequence(oid('1.3.101.112')), signedBy(null, issuer.privateKey)), 'admitted');
  });
});

describe('signatures that do not count', () => {
  const refused = (...parts) => assert.equal(refusal(...parts), 'issuer_unknown');
  const sha256WithRsa = sequence(oid('1.2.840.113549.1.1.11'), NULL);
  const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));

  it('MD5, SHA-1 and SHA-224', () => {
    for (const [last, hash] of [
      [4, 'md5'],
      [5, 'sha1'],
      [14, 'sha224'],
    ]) {
      refused(rsa(), sequence(oid(`1.2.840.113549.1.1.${last}`), NULL), signedBy(hash, rsa().privateKey));
    }
    const issuer = ec('prime256v1');
    refused(issuer, sequence(oid('1.2.840.10045.4.1')), signedBy('sha1', issuer.privateKey));
    refused(issuer, sequence(oid('1.2.840.10045.4.3.1')), signedBy('sha224', issuer.privateKey));
    refused(rsa(), sequence(oid('1.2.840.113549.1.1.10'), sequence()), pss(rsa(), 'sha1', 20));
    refused(rsa(), pssAlgorithm('sha1', 20), pss(rsa(), 'sha1', 20));
  });

  it('RSASSA-PSS with parameters that do not go together', () => {
    refused(rsa(), pssAlgorithm('sha256', 20), pss(rsa(), 'sha256', 20));
    refused(rsa(), pssAlgorithm('sha256', 32, { inner: 'sha384' }), pss(rsa(), 'sha256', 32));
    refused(rsa(), pssAlgorithm('sha256', 32, { trailer: 2 }), pss(rsa(), 'sha256', 32));
    refused(rsa(), sequence(oid('1.2.840.113549.1.1.10')), pss(rsa(), 'sha256', 32));
    // A key that is bound to another hash, and one that is for this scheme alone.
    const bound = { modulusLength: 2048, hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha512', saltLength: 64 };
    const issuer = pair('rsa-pss', bound);
    refused(rsa(), pssAlgorithm('sha256', 32), pss(rsa(), 'sha256', 32), { issuerKey: spki(issuer) });
    const own = spki(rsa());
    const plain = own.subarray(own.indexOf(Buffer.of(0x03, 0x82)));
    const relabelled = (parameters) => sequence(sequence(oid('1.2.840.113549.1.1.10'), ...parameters), plain);
    const alone = { issuerKey: relabelled([]) };
    assert.equal(refusal(rsa(), pssAlgorithm('sha256', 32), pss(rsa(), 'sha256', 32), alone), 'admitted');
    refused(rsa(), sha256WithRsa, signedBy('sha256', rsa().privateKey), alone);
    const parameters = pssAlgorithm('sha512', 64).subarray(2 + oid('1.2.840.113549.1.1.10').length);
    const other = { issuerKey: relabelled([parameters]) };
    refused(rsa(), pssAlgorithm('sha256', 32), pss(rsa(), 'sha256', 32), other);
  });

  it('short RSA keys, other curves and other schemes', () => {
    refused(rsa(1024), sha256WithRsa, signedBy('sha256', rsa(1024).privateKey));
    const koblitz = ec('secp256k1');
    refused(koblitz, ecdsaSha256, signedBy('sha256', koblitz.privateKey));
    const ed448 = pair('ed448');
    refused(ed448, sequence(oid('1.3.101.113')), signedBy(null, ed448.privateKey));
  });

  it('a scheme that is not that of the key', () => {
    const issuer = ec('prime256v1');
    refused(issuer, sha256WithRsa, signedBy('sha256', issuer.privateKey));
    refused(rsa(), ecdsaSha256, signedBy('sha256', rsa().privateKey));
    refused(issuer, sequence(oid('1.3.101.112')), signedBy('sha256', issuer.privateKey));
    refused(issuer, sequence(oid('1.2.840.10045.4.3.2'), NULL), signedBy('sha256', issuer.privateKey));
  });

  it('one that was made for other octets, or named otherwise inside', () => {
    const issuer = ec('prime256v1');
    const { privateKey } = issuer;
    refused(issuer, ecdsaSha256, (bytes) => sign('sha256', Buffer.concat([bytes, Buffer.of(0)]), privateKey));
    refused(issuer, ecdsaSha256, () => Buffer.alloc(0));
    const innerAlgorithm = sequence(oid('1.2.840.10045.4.3.3'));
    const refusalOf = refusal(issuer, ecdsaSha256, signedBy('sha256', privateKey), { innerAlgorithm });
    assert.equal(refusalOf, 'certificate_malformed');
  });

  it('Ed25519 under a point of small order', () => {
    // For the neutral element any scalar with its own point is a signature: R = sB, and s = 0 with R neutral.
    const neutral = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
    const issuerKey = sequence(sequence(oid('1.3.101.112')), element(3, Buffer.of(0), neutral));
    const everything = () => Buffer.concat([neutral, Buffer.alloc(32)]);
    refused(pair('ed25519'), sequence(oid('1.3.101.112')), everything, { issuerKey });
  });
});
