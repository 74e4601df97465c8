import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  boolean,
  contextSpecific,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  unsignedInteger,
  utf8String,
} from './der';

export interface DistinguishedName {
  commonName: string;
  organization?: string;
}

/** Subject alternative names (RFC 5280 section 4.2.1.6). */
export interface AlternativeNames {
  dnsNames?: string[];
  ipAddresses?: string[];
  uris?: string[];
}

export interface CertificateTemplate {
  subject: DistinguishedName;
  issuer: DistinguishedName;
  /** The subject's public key as SubjectPublicKeyInfo in DER. */
  publicKey: Buffer;
  /** The issuer's public key, likewise. */
  issuerPublicKey: Buffer;
  /** The issuer's private key, on the curve P-256. */
  signingKey: KeyObject;
  notBefore: Date;
  notAfter: Date;
  role: 'authority' | 'client' | 'server';
  names?: AlternativeNames;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** A version 3 certificate (RFC 5280 section 4.1), signed with ECDSA and SHA-256, as PEM. */
export function createCertificate(template: CertificateTemplate): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const unsigned = sequence(
    contextSpecific(0, unsignedInteger(Buffer.of(2))),
    unsignedInteger(serialNumber()),
    algorithm,
    name(template.issuer),
    sequence(time(template.notBefore), time(template.notAfter)),
    name(template.subject),
    template.publicKey,
    contextSpecific(3, sequence(...extensions(template))),
  );
  const signature = sign('sha256', unsigned, template.signingKey);
  return pem('CERTIFICATE', sequence(unsigned, algorithm, bitString(signature)));
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/gu) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

// RFC 5280 section 4.1.2.2: positive, at most 20 octets, unique per issuer.
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial;
}

function name({ commonName, organization }: DistinguishedName): Buffer {
  const attribute = (type: string, value: string) => set(sequence(objectIdentifier(type), utf8String(value)));
  return sequence(
    ...(organization === undefined ? [] : [attribute(OID.organization, organization)]),
    attribute(OID.commonName, commonName),
  );
}

function extensions({ role, names, publicKey, issuerPublicKey }: CertificateTemplate): Buffer[] {
  const alternativeNames = generalNames(names);
  return [
    extension(OID.basicConstraints, role === 'authority' ? sequence(boolean(true)) : sequence(), true),
    extension(OID.keyUsage, keyUsage(role), true),
    ...(role === 'authority' ? [] : [extension(OID.extKeyUsage, extendedKeyUsage(role))]),
    ...(alternativeNames.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...alternativeNames))]),
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, sequence(contextSpecific(0, keyIdentifier(issuerPublicKey), 'primitive'))),
  ];
}

function extension(type: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(type), ...(critical ? [boolean(true)] : []), octetString(value));
}

// RFC 5280 section 4.2.1.3: keyCertSign (5) and cRLSign (6) for an authority, digitalSignature (0) otherwise.
function keyUsage(role: CertificateTemplate['role']): Buffer {
  return role === 'authority' ? bitString(Buffer.of(0b0000_0110), 1) : bitString(Buffer.of(0b1000_0000), 7);
}

function extendedKeyUsage(role: 'client' | 'server'): Buffer {
  return sequence(objectIdentifier(role === 'client' ? OID.clientAuth : OID.serverAuth));
}

// RFC 5280 section 4.2.1.6: dNSName [2], uniformResourceIdentifier [6], iPAddress [7].
function generalNames(names: AlternativeNames = {}): Buffer[] {
  const text = (number: number) => (value: string) =>
    contextSpecific(number, Buffer.from(value, 'latin1'), 'primitive');
  return [
    ...(names.dnsNames ?? []).map(text(2)),
    ...(names.uris ?? []).map(text(6)),
    ...(names.ipAddresses ?? []).map((address) => contextSpecific(7, addressBytes(address), 'primitive')),
  ];
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  if (isIP(address) !== 6) throw new TypeError(`'${address}' is not an IP address`);
  // The URL parser writes an IPv4 tail as two groups, which leaves at most one '::' to expand.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const bytes = Buffer.alloc(16);
  [...left, ...zeros, ...right].forEach((group, index) => bytes.writeUInt16BE(parseInt(group, 16), index * 2));
  return bytes;
}

// RFC 7093 section 2, method 4: a hash of the SubjectPublicKeyInfo.
function keyIdentifier(publicKey: Buffer): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, 20);
}
