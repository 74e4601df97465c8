import type { X509Certificate } from 'node:crypto';
import { reportCertificate } from '../certificate/reader';
import { native, type NativeTrustAnchors } from '../native';
import type { CertificateRule } from './allow';
import type { ChainedPeerCertificate } from './types';

/** PEM with one certificate or several, the DER of one, or Node's own object. */
export type CACertificate = string | Uint8Array | X509Certificate;

export interface AllowCAOptions {
  /** How many certificates may be presented, the leaf and the intermediates. Default: 10. */
  maxDepth?: number | undefined;
}

/**
 * Admits certificates that lead to one of these authorities (RFC 5280 section 6.1): names, signatures, validity,
 * `basicConstraints`, `keyUsage` and `extendedKeyUsage` of every link. An unknown critical extension, or name
 * constraints of any kind, refuse. Revocation is not looked at. Intermediates count with `includeChain: true`.
 *
 * @throws Error when a certificate cannot be read or may not sign for clients, or when `maxDepth` is wrong.
 */
export function allowCA(
  caCertificates: CACertificate | readonly CACertificate[],
  options: AllowCAOptions = {},
): CertificateRule {
  const anchors = anchorsOf(caCertificates, options?.maxDepth);
  return (cert) => {
    const chain = dersOf(cert);
    if (chain.length === 0) return false;
    const refusal = anchors.refusal(chain, Date.now() / 1000);
    if (refusal !== null) reportCertificate(refusal);
    return refusal === null;
  };
}

function anchorsOf(given: unknown, maxDepth: unknown): NativeTrustAnchors {
  const entries = (Array.isArray(given) ? (given as unknown[]) : [given]).map(entryOf);
  const depth = maxDepth === undefined || typeof maxDepth === 'number' ? maxDepth : NaN;
  try {
    return native.NativeTrustAnchors.create(entries, depth);
  } catch (error) {
    throw new Error((error as Error).message);
  }
}

function entryOf(entry: unknown): string | Uint8Array {
  const content = entry instanceof Uint8Array ? entry : ((entry as { raw?: unknown } | null | undefined)?.raw ?? entry);
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  throw new TypeError('allowCA needs CA certificates: PEM text, DER or X509Certificate objects');
}

/** The certificate and its issuers; the root that a TLS socket gives is its own issuer. */
function dersOf(cert: ChainedPeerCertificate | undefined): Uint8Array[] {
  const seen = new Set<ChainedPeerCertificate>();
  for (let link = cert; link != null && !seen.has(link); link = link.issuerCertificate) seen.add(link);
  const ders = Array.from(seen, ({ raw }) => raw as unknown);
  return ders.every((der) => der instanceof Uint8Array) ? ders : [];
}
