import { allowList, attributeList, type AllowKind } from '../certificate/allow-list';
import type { ChainedPeerCertificate } from './types';

/** A callback for `clientCertificateAuth` that looks at the certificate alone. */
export type CertificateRule = (cert: ChainedPeerCertificate) => boolean;

/** Attributes of a distinguished name and the value that each must have, such as `{ O: 'Acme', CN: 'svc-a' }`. */
export type DistinguishedNameMatch = Readonly<Record<string, string>>;

export interface AllowFingerprintsOptions {
  /** SHA-1 fingerprints count too. Default: false. */
  allowSha1?: boolean | undefined;
}

/**
 * Admits by the subject's common name, compared exactly; of several any will do. An empty list admits nobody.
 *
 * @throws TypeError when the list is no array of strings; so do all functions that take one.
 */
export function allowCN(names: readonly string[]): CertificateRule {
  return subjectRule('CN', 'allowCN', names);
}

/** Admits by the subject's organizational unit, compared exactly; of several any will do. */
export function allowOU(units: readonly string[]): CertificateRule {
  return subjectRule('OU', 'allowOU', units);
}

/** Admits by the subject's organization, compared exactly; of several any will do. */
export function allowOrganization(organizations: readonly string[]): CertificateRule {
  return subjectRule('O', 'allowOrganization', organizations);
}

/**
 * Admits by attributes of the subject, which must all be there. None at all admit nobody.
 *
 * @throws TypeError when they are no object of strings.
 */
export function allowSubject(attributes: DistinguishedNameMatch): CertificateRule {
  return attributesRule('subject', 'allowSubject', attributes);
}

/**
 * Admits by attributes of the issuer, which must all be there. None at all admit nobody.
 *
 * @throws TypeError when they are no object of strings.
 */
export function allowIssuer(attributes: DistinguishedNameMatch): CertificateRule {
  return attributesRule('issuer', 'allowIssuer', attributes);
}

/**
 * Admits by the fingerprint: SHA-256 or SHA-512 of the DER in hexadecimal, upper or lower case, with or without colons,
 * spaces and `SHA256:` in front. They are compared in constant time.
 */
export function allowFingerprints(
  fingerprints: readonly string[],
  options: AllowFingerprintsOptions = {},
): CertificateRule {
  const kind = options?.allowSha1 === true ? 'fingerprintsWithSha1' : 'fingerprints';
  const list = allowList(kind, 'allowFingerprints', fingerprints);
  return (cert) => list.admits(texts([cert?.fingerprint, cert?.fingerprint256, cert?.fingerprint512]));
}

/**
 * Admits by the serial number (RFC 5280 section 4.1.2.2): in hexadecimal, with or without `0x`, colons and leading
 * zeros, or a number. Decimal digits count as hexadecimal; from 17 digits on they may be a decimal number as well.
 */
export function allowSerial(serials: readonly (string | number | bigint)[]): CertificateRule {
  return rule('serials', 'allowSerial', serials, (cert) => cert.serialNumber);
}

/**
 * Admits by a subject alternative name (RFC 5280 section 4.2.1.6), with its type in front (`DNS:`, `email:`, `URI:`,
 * `IP Address:` or `IP:`, `DirName:`, `Registered ID:`, `othername:`) or of any type. Of a URI the scheme and the host
 * fold, of the others everything; addresses are compared whichever way they are written.
 */
export function allowSAN(names: readonly string[]): CertificateRule {
  return rule('alternativeNames', 'allowSAN', names, () => undefined);
}

/** Admits by an email address, whatever its case, of the subject or of its alternative names. */
export function allowEmail(addresses: readonly string[]): CertificateRule {
  return rule('emails', 'allowEmail', addresses, (cert) => attribute(cert.subject, 'emailAddress'));
}

function subjectRule(name: string, caller: string, list: unknown): CertificateRule {
  return rule('texts', caller, list, (cert) => attribute(cert.subject, name));
}

function rule(
  kind: AllowKind,
  caller: string,
  list: unknown,
  values: (cert: ChainedPeerCertificate) => unknown,
): CertificateRule {
  const allowed = allowList(kind, caller, list);
  return (cert) => cert != null && allowed.admits(texts(values(cert)), texts(cert.subjectaltname)[0]);
}

function attributesRule(name: 'subject' | 'issuer', caller: string, attributes: unknown): CertificateRule {
  const wanted = attributeList(caller, attributes);
  const { names } = wanted;
  return (cert) => wanted.admits(names.map((key) => texts(attribute(cert?.[name], key))));
}

function attribute(name: unknown, key: string): unknown {
  const isObject = typeof name === 'object' && name !== null;
  return isObject && Object.hasOwn(name, key) ? (name as Record<string, unknown>)[key] : undefined;
}

function texts(values: unknown): string[] {
  const list: unknown[] = Array.isArray(values) ? values : [values];
  return list.filter((value) => typeof value === 'string');
}
