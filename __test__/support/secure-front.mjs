import { once } from 'node:events';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { createCertificateAuthority, createTestTenant } = createRequire(import.meta.url)('../../dist/testing/index.js');

/**
 * An HTTPS listener in front of a test tenant, with a certificate of an authority that nobody knows yet.
 *
 * `token()` resolves to a JWT of that issuer, `opaque()` to an opaque token, `requests` are the paths that arrived.
 */
export async function createSecureFront(t, { host = 'localhost', certificate, authority } = {}) {
  const signer = authority ?? createCertificateAuthority('Secure front CA');
  const own = certificate ?? signer.issueServer([host, '127.0.0.1']);
  const tenant = await createTestTenant();
  const requests = [];
  const server = createServer({ cert: own.certificate, key: own.key }, async (request, response) => {
    requests.push(request.url);
    const body = await request.toArray();
    const answer = await fetch(tenant.issuer + request.url, {
      method: request.method,
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      ...(request.method === 'POST' && { body: Buffer.concat(body) }),
    });
    const text = (await answer.text()).replaceAll(tenant.issuer, issuer);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const issuer = `https://${host}:${port}`;
  t.after(async () => {
    server.closeAllConnections();
    await Promise.all([new Promise((resolve) => server.close(resolve)), tenant.close()]);
  });
  const claims = { iss: issuer };
  return {
    issuer,
    port,
    requests,
    tenant,
    ca: signer.certificate,
    certificate: own.certificate,
    clientOptions: { ...tenant.clientOptions, tenantDomain: issuer },
    token: () => tenant.issue({ claims }),
    opaque: () => tenant.issue({ claims, opaque: true }),
  };
}

/** Writes texts to files that are gone after the test; resolves to their paths. */
export async function filesOf(t, texts) {
  const folder = await mkdtemp(join(tmpdir(), 'backend-node-'));
  t.after(() => rm(folder, { recursive: true }));
  const paths = {};
  for (const [name, text] of Object.entries(texts)) {
    paths[name] = join(folder, `${name}.pem`);
    await writeFile(paths[name], text);
  }
  return paths;
}
