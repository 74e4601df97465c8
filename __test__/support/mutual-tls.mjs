import { createHash, X509Certificate } from 'node:crypto';
import testing from '../../dist/testing/index.js';

const { createCertificateAuthority, createSelfSignedCertificate, createTestTenant } = testing;

/** A tenant for the length of a test, what an HTTPS server needs to ask its clients for certificates, and clients. */
export async function mutualTls(t, tls = {}) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const server = await tenant.serverCertificate();
  return {
    tenant,
    tls: {
      cert: server.certificate,
      key: server.key,
      ca: tenant.ca,
      requestCert: true,
      rejectUnauthorized: false,
      ...tls,
    },
    /** The options of a request with this certificate, or without any. */
    presenting: (client) => ({ ca: tenant.ca, cert: client?.certificate, key: client?.key }),
  };
}

/** Client certificates of one authority, and one that signs itself. */
export function clientCertificates(names = {}) {
  const authority = createCertificateAuthority('Test Root');
  const issue = (options) => authority.issueClient({ commonName: 'svc-a', organization: 'Test', ...options });
  return {
    authority,
    issue,
    right: issue(names),
    other: issue({ commonName: 'svc-b' }),
    expired: issue({ expired: true }),
    early: issue({ notYetValid: true }),
    selfSigned: createSelfSignedCertificate({ commonName: 'svc-a' }),
  };
}

export const derOf = ({ certificate }) => new X509Certificate(certificate).raw;

export const fingerprintOf = (client, hash = 'sha256') =>
  createHash(hash).update(derOf(client)).digest('hex').toUpperCase();

/** What proxies make of a certificate. */
export const HEADERS = {
  nginx: (client) => ({
    'x-ssl-client-cert': encodeURIComponent(client.certificate),
    'x-ssl-client-verify': 'SUCCESS',
  }),
  haproxy: (client) => ({ 'x-ssl-client-cert': derOf(client).toString('base64'), 'x-ssl-client-verify': '0' }),
  rfc9440: (client) => ({ 'client-cert': `:${derOf(client).toString('base64')}:` }),
  envoy: (client, members = '') => ({
    'x-forwarded-client-cert': `Hash=${fingerprintOf(client).toLowerCase()};Cert="${encodeURIComponent(client.certificate)}"${members}`,
  }),
};
