import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import tls from 'node:tls';
import testing from '../dist/testing/index.js';
import { tenantFor } from './support/tenant-requests.mjs';

const { createCertificateAuthority } = testing;

describe('certificates', () => {
  it('are issued by the authority, with the names and usages asked for', async (t) => {
    const { ca, certificate, serverCertificate } = await tenantFor(t);
    const root = new X509Certificate(ca);
    assert.ok(root.ca);
    assert.ok(root.checkIssued(root));
    assert.ok(root.verify(root.publicKey));
    const options = { commonName: 'Zoë', organization: 'Example', dnsNames: ['a.example'], uris: ['spiffe://e/a'] };
    const pair = await certificate(options);
    const client = new X509Certificate(pair.certificate);
    assert.ok(client.checkIssued(root));
    assert.ok(client.verify(root.publicKey));
    assert.ok(client.checkPrivateKey(createPrivateKey(pair.key)));
    assert.equal(client.ca, false);
    assert.equal(client.subject, 'O=Example\nCN=Zoë');
    assert.equal(client.issuer, root.subject);
    assert.equal(client.subjectAltName, 'DNS:a.example, URI:spiffe://e/a');
    assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    const hosts = ['api.example', '127.0.0.1', '::1', '2001:db8::7', '::ffff:10.0.0.1'];
    const server = new X509Certificate((await serverCertificate(hosts)).certificate);
    assert.equal(server.checkHost('api.example'), 'api.example');
    for (const address of hosts.slice(1)) assert.ok(server.checkIP(address), address);
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('sign themselves, expire, and reach past 2049', async (t) => {
    const { certificate, selfSignedCertificate } = await tenantFor(t);
    const own = new X509Certificate((await selfSignedCertificate({ commonName: 'own' })).certificate);
    assert.ok(own.verify(own.publicKey));
    assert.equal(own.subject, own.issuer);
    const read = async (options) => new X509Certificate((await certificate(options)).certificate);
    assert.ok(Date.parse((await read({ expired: true })).validTo) < Date.now());
    assert.ok(Date.parse((await read({ notYetValid: true })).validFrom) > Date.now());
    const notBefore = new Date('1999-12-31T23:59:58Z');
    const notAfter = new Date('2050-01-02T03:04:05Z');
    const long = await read({ notBefore, notAfter });
    assert.equal(Date.parse(long.validFrom), notBefore.getTime());
    assert.equal(Date.parse(long.validTo), notAfter.getTime());
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    it(`pass a handshake of ${maxVersion} in which both sides verify`, async (t) => {
      const authority = createCertificateAuthority();
      const server = authority.issueServer(['localhost', '127.0.0.1']);
      const client = authority.issueClient({ commonName: 'peer' });
      const ca = authority.certificate;
      const identity = { cert: server.certificate, key: server.key, ca };
      const listener = tls.createServer({ ...identity, requestCert: true, rejectUnauthorized: false });
      t.after(() => listener.close());
      listener.on('secureConnection', (socket) => {
        socket.end(`${socket.authorized} ${socket.getPeerCertificate().subject.CN}`);
      });
      await once(listener.listen(0, '127.0.0.1'), 'listening');
      const { port } = listener.address();
      const answerTo = async ({ certificate: cert, key }) => {
        const socket = tls.connect({ port, host: '127.0.0.1', ca, maxVersion, cert, key });
        return (await socket.toArray()).join('');
      };
      assert.equal(await answerTo(client), 'true peer');
      assert.equal(await answerTo(createCertificateAuthority().issueClient()), 'false test-client');
    });
  }
});
