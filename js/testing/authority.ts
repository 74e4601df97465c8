import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { createCertificate, type AlternativeNames, type CertificateTemplate, type DistinguishedName } from './x509';

/** A certificate and its private key, both PEM. */
export interface CertificateAndKey {
  certificate: string;
  key: string;
}

export interface CertificateOptions extends AlternativeNames {
  /** Default: 'test-client'. */
  commonName?: string;
  organization?: string;
  /** Its validity ended a day ago. Default: false. */
  expired?: boolean;
  /** Its validity begins tomorrow. Default: false. */
  notYetValid?: boolean;
  /** Exact validity; wins over `expired` and `notYetValid`. */
  notBefore?: Date;
  notAfter?: Date;
}

export interface CertificateAuthority {
  /** The self-signed root certificate, PEM. */
  readonly certificate: string;
  /** A certificate for TLS client authentication (extended key usage clientAuth). */
  issueClient(options?: CertificateOptions): CertificateAndKey;
  /** A certificate for a TLS server with these host names and IP addresses as alternative names. */
  issueServer(hosts?: string[], options?: CertificateOptions): CertificateAndKey;
}

interface KeyPair {
  publicKey: Buffer;
  privateKey: KeyObject;
  privatePem: string;
}

const DAY = 86_400_000;

/** A certificate authority with a fresh P-256 key, valid for ten years. */
export function createCertificateAuthority(commonName = 'Test tenant CA'): CertificateAuthority {
  const keys = generateKeys();
  const issuer: DistinguishedName = { commonName };
  const signer = { issuer, issuerPublicKey: keys.publicKey, signingKey: keys.privateKey };
  const certificate = createCertificate({
    ...signer,
    subject: issuer,
    publicKey: keys.publicKey,
    notBefore: new Date(Date.now() - 30 * DAY),
    notAfter: new Date(Date.now() + 3650 * DAY),
    role: 'authority',
  });
  const issue = (role: 'client' | 'server', options: CertificateOptions) => {
    const subjectKeys = generateKeys();
    return {
      certificate: createCertificate({ ...signer, ...leaf(role, options), publicKey: subjectKeys.publicKey }),
      key: subjectKeys.privatePem,
    };
  };
  return {
    certificate,
    issueClient: (options = {}) => issue('client', options),
    issueServer: (hosts = ['127.0.0.1', 'localhost'], options = {}) =>
      issue('server', { commonName: hosts[0], ...hostNames(hosts), ...options }),
  };
}

/** A client certificate that signs itself, as for `self_signed_tls_client_auth` (RFC 8705 section 2.2). */
export function createSelfSignedCertificate(options: CertificateOptions = {}): CertificateAndKey {
  const keys = generateKeys();
  const template = leaf('client', options);
  const certificate = createCertificate({
    ...template,
    issuer: template.subject,
    publicKey: keys.publicKey,
    issuerPublicKey: keys.publicKey,
    signingKey: keys.privateKey,
  });
  return { certificate, key: keys.privatePem };
}

function leaf(
  role: 'client' | 'server',
  options: CertificateOptions,
): Pick<CertificateTemplate, 'subject' | 'notBefore' | 'notAfter' | 'role' | 'names'> {
  const { commonName = 'test-client', organization, dnsNames, ipAddresses, uris } = options;
  return {
    subject: { commonName, organization },
    names: { dnsNames, ipAddresses, uris },
    role,
    ...validity(options),
  };
}

function validity(options: CertificateOptions): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  const [start, end] = options.expired ? [-2, -1] : options.notYetValid ? [1, 2] : [-1, 365];
  return {
    notBefore: options.notBefore ?? new Date(now + start * DAY),
    notAfter: options.notAfter ?? new Date(now + end * DAY),
  };
}

function hostNames(hosts: string[]): AlternativeNames {
  return {
    dnsNames: hosts.filter((host) => isIP(host) === 0),
    ipAddresses: hosts.filter((host) => isIP(host) !== 0),
  };
}

function generateKeys(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKey, privateKey: createPrivateKey(privateKey), privatePem: privateKey };
}
