import { generateKeyPairSync } from 'node:crypto';
import der from '../../dist/testing/der.js';

const { objectIdentifier, octetString, sequence, set } = der;

/** Any element: a tag octet, and the content as octets or Latin-1 text. */
export function element(tag, ...parts) {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  const length = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = content.length < 128 ? [content.length] : [0x80 | length.length, ...length];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

export const utf8 = (text) => element(0x0c, Buffer.from(text));
export const oid = objectIdentifier;
/** The content alone, as implicit tags carry it. */
export const oidContent = (dotted) => objectIdentifier(dotted).subarray(2);
export const bits = (...octets) => element(0x03, Buffer.of(0, ...octets));
export const extension = (type, value, ...critical) => sequence(oid(type), ...critical, octetString(value));
export const alternativeNames = (...names) => extension('2.5.29.17', sequence(...names));
export const otherName = (type, value) => element(0xa0, oid(type), element(0xa0, value));

/** A name of relative distinguished names, each a list of `[type, value]`. */
export const name = (...rdns) =>
  sequence(...rdns.map((rdn) => set(...rdn.map(([type, value]) => sequence(oid(type), value)))));
export const commonName = (text) => name([['2.5.4.3', utf8(text)]]);

export const publicKey = (type, options) =>
  generateKeyPairSync(type, options).publicKey.export({ type: 'spki', format: 'der' });

const EC_KEY = publicKey('ec', { namedCurve: 'prime256v1' });
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** A certificate of chosen fields. Without `sign`, nobody made its signature. */
export function writtenCertificate({
  version = Buffer.of(2),
  serial = Buffer.of(1),
  subject = commonName('x'),
  issuer = subject,
  notBefore = element(0x17, '260101000000Z'),
  notAfter = element(0x17, '360101000000Z'),
  dates = [notBefore, notAfter],
  key = EC_KEY,
  extensions = [],
  algorithm = ECDSA_SHA256,
  innerAlgorithm = algorithm,
  more = [],
  sign = () => Buffer.of(1, 2, 3),
  outer = [],
} = {}) {
  const signed = sequence(
    ...(version === null ? [] : [element(0xa0, element(2, version))]),
    element(2, serial),
    innerAlgorithm,
    issuer,
    sequence(...dates),
    subject,
    key,
    ...(extensions.length === 0 ? [] : [element(0xa3, sequence(...extensions))]),
    ...more,
  );
  return sequence(signed, algorithm, bits(...sign(signed)), ...outer);
}
