import { type ClientCertificate, clientCertificateOf } from '../certificate/client-certificate';
import { native } from '../native';

/** What `getPeerCertificate()` of a TLS socket gives, as far as it is looked at. */
export interface PeerCertificateLike {
  subject?: object;
  issuer?: object;
  subjectaltname?: string;
  valid_from?: string;
  valid_to?: string;
  fingerprint256?: string;
  serialNumber?: string;
  /** DER; where it is a certificate, everything is read from it. */
  raw?: Uint8Array;
}

/**
 * The certificate of a TLS socket as a `ClientCertificate`; undefined for `{}`, which stands for none.
 *
 * @param verified what the socket's `authorized` says.
 */
export function normalizePeerCertificate(
  raw: PeerCertificateLike | null | undefined,
  verified: boolean,
): ClientCertificate | undefined {
  if (typeof raw !== 'object' || raw === null) {
    return undefined;
  }
  const { raw: der, ...description } = raw;
  const bytes = der instanceof Uint8Array ? der : undefined;
  const read = bytes && native.NativeCertificate.parse(bytes)?.normalized(verified === true);
  const json = read ?? native.normalizeCertificate(JSON.stringify(membersOf(description)), bytes, verified === true);
  return json == null ? undefined : clientCertificateOf(json);
}

/** Without the issuers, which may lead back to their certificate. */
function membersOf(description: PeerCertificateLike): PeerCertificateLike {
  const { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256, serialNumber } = description;
  return { subject, issuer, subjectaltname, valid_from, valid_to, fingerprint256, serialNumber };
}
