import { createRequire } from 'node:module';

const { createCertificateAuthority, createSelfSignedCertificate } = createRequire(import.meta.url)(
  '../../../dist/testing/index.js',
);

/**
 * What a proxy and its callers need: the proxy's own certificate, the authority of the callers, and callers of every
 * kind. `svc-a` is the one that the tests let in.
 */
export function createIdentities() {
  const servers = createCertificateAuthority('Server CA');
  const clients = createCertificateAuthority('Client CA');
  const strangers = createCertificateAuthority('Other CA');
  const server = servers.issueServer();
  return {
    tls: { ...server, ca: servers.certificate, clientCa: clients.certificate },
    clients,
    right: clients.issueClient({ commonName: 'svc-a', organization: 'Acme', dnsNames: ['svc-a.example.com'] }),
    wrong: clients.issueClient({ commonName: 'svc-b', organization: 'Acme' }),
    expired: clients.issueClient({ commonName: 'svc-a', expired: true }),
    notYetValid: clients.issueClient({ commonName: 'svc-a', notYetValid: true }),
    selfSigned: createSelfSignedCertificate({ commonName: 'svc-a' }),
    foreign: strangers.issueClient({ commonName: 'svc-a' }),
  };
}
