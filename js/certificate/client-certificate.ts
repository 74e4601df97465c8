/** A client certificate as `clientCertAuth` and the `mtls` entry tell it. */
export interface ClientCertificate {
  /** Attributes of the subject as `TYPE=value`, in the certificate's order, joined by a comma and not escaped: for display. */
  subjectDN?: string;
  /** The subject's common name; the first of several. */
  subjectCN?: string;
  issuerDN?: string;
  issuerCN?: string;
  /** Hexadecimal, upper case. */
  serialNumber?: string;
  /** SHA-256 of the DER, hexadecimal, upper case, without colons. */
  fingerprint256?: string;
  /** `DNS:…`, `URI:…`, `IP:…`, `email:…` (RFC 5280 section 4.2.1.6). */
  subjectAltNames: string[];
  notBefore?: Date;
  notAfter?: Date;
  /** The TLS server, or the proxy, has verified its chain. */
  verified: boolean;
  /** RFC 7468 section 5. */
  pem?: string;
}

/** From the core's JSON, where dates are milliseconds since the epoch or text; what is no date is left out. */
export function clientCertificateOf(json: string): ClientCertificate {
  const { notBefore, notAfter, ...certificate } = JSON.parse(json) as ClientCertificate;
  return { ...certificate, ...dated('notBefore', notBefore), ...dated('notAfter', notAfter) };
}

function dated(name: 'notBefore' | 'notAfter', value: Date | undefined): Partial<ClientCertificate> {
  const date = new Date(value ?? NaN);
  return Number.isNaN(date.getTime()) ? {} : { [name]: date };
}

/** What a proxy's text says besides: SHA-1, and every common name where `subjectCN` has the first. */
interface TextIdentity {
  fingerprint?: string;
  subjectCNs?: string[];
  issuerCNs?: string[];
}

/** What the core's checks read of it; an invalid date stays one. */
export function descriptionOf(certificate: ClientCertificate & TextIdentity): string {
  const { subjectCN, subjectCNs, issuerCN, issuerCNs, fingerprint256, fingerprint } = certificate;
  const { subjectAltNames, notBefore, notAfter, verified } = certificate;
  return JSON.stringify({
    subjectCN,
    subjectCNs,
    issuerCN,
    issuerCNs,
    fingerprint256,
    fingerprint,
    subjectAltNames,
    notBefore: notBefore === undefined ? undefined : Number(notBefore),
    notAfter: notAfter === undefined ? undefined : Number(notAfter),
    verified,
  });
}
