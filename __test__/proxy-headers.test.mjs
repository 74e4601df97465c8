import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { extractClientCertificateFromLambdaEvent } from '@monocloud/backend-node/client-certificate-auth/lambda';
import testing from '../dist/testing/index.js';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { listenWithGuards } from './support/proxies/guards.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { requestLines } from './support/proxies/request.mjs';
import { assertIdentity, assertStatus, bearer } from './support/proxies/scenarios.mjs';

// Proxies that cannot be run here: the headers are constructed, in the forms that their pages describe.
const { tls, right, wrong, expired } = createIdentities();

const awsPem = (...pems) => pems.map((pem) => pem.replaceAll(' ', '%20').replaceAll('\n', '%0A')).join('');

/** The page, which of its lines, the header, its value for a certificate, and what else the proxy sends. */
const CONSTRUCTED = [
  ['traefik.md', 0, 'X-Forwarded-Tls-Client-Cert', FORMS.base64Der],
  ['traefik.md', 0, 'X-Forwarded-Tls-Client-Cert', (pem) => [pem, tls.clientCa].map(FORMS.base64Der).join(',')],
  ['aws-alb.md', 0, 'X-Amzn-Mtls-Clientcert-Leaf', awsPem],
  ['aws-alb.md', 1, 'X-Amzn-Mtls-Clientcert', awsPem],
  ['aws-alb.md', 1, 'X-Amzn-Mtls-Clientcert', (pem) => awsPem(pem, tls.clientCa)],
  ['azure-app-service.md', 0, 'X-ARR-ClientCert', FORMS.base64Der],
  ['cloudflare.md', 0, 'Cf-Client-Cert-Der-Base64', FORMS.base64Der],
  ['cloudflare.md', 1, 'Client-Cert', FORMS.rfc9440],
  ['cloudflare.md', 1, 'Client-Cert', FORMS.rfc9440, [`Client-Cert-Chain: ${FORMS.rfc9440(tls.clientCa)}`]],
  ['google-cloud.md', 0, 'X-Client-Cert-Leaf', FORMS.rfc9440, ['X-Client-Cert-Chain-Verified: true']],
];

const UNVERIFIED = ['azure-app-service', 'aws-alb'];

for (const [page, index, header, form, more = []] of CONSTRUCTED) {
  for (const framework of CURRENT_FRAMEWORKS) {
    test(`${page}: ${header} to ${framework.name}`, async (t) => {
      const tenant = await testing.createTestTenant();
      t.after(() => tenant.close());
      const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
      const documented = documentedOptions(page)[index];
      // The addresses of the platform are not here.
      const options = {
        // Where the platform verifies nothing, the page has no line with names alone.
        requireVerified: UNVERIFIED.includes(documented.source) ? false : undefined,
        ...documented,
        trustedProxies: [...documented.trustedProxies, '127.0.0.1'],
      };
      const port = await listenWithGuards(t, framework, { client, options, right });
      const call = (path, pem, lines = []) =>
        requestLines(port, { path, lines: [...more, ...lines, ...(pem ? [`${header}: ${form(pem)}`] : [])] });

      for (const path of ['/certificate', '/callback', '/fingerprint']) {
        assertIdentity(await call(path, right.certificate), right, path);
        const forbidden = path === '/callback' ? 401 : 403;
        assertStatus(await call(path, wrong.certificate), forbidden, path);
        assertStatus(await call(path, expired.certificate), forbidden, path);
        assertStatus(await call(path), 401, path);
        assertStatus(await call(path, right.certificate, [`${header}: ${form(right.certificate)}`]), 401, path);
      }
      const token = bearer(await tenant.issue({ boundTo: right.certificate }));
      assertStatus(await call('/token', right.certificate, [token]), 200);
      assertStatus(await call('/token', wrong.certificate, [token]), 401);
      assertStatus(await call('/elsewhere', right.certificate), 401);
    });
  }
}

test('google-cloud.md: a chain that was not verified', async (t) => {
  const options = { ...documentedOptions('google-cloud.md')[0], trustedProxies: ['127.0.0.1'] };
  const [framework] = CURRENT_FRAMEWORKS;
  const port = await listenWithGuards(t, framework, { options, right });
  for (const verdict of [['X-Client-Cert-Chain-Verified: false'], ['X-Client-Cert-Chain-Verified:'], []]) {
    const lines = [...verdict, `X-Client-Cert-Leaf: ${FORMS.rfc9440(right.certificate)}`];
    assertStatus(await requestLines(port, { path: '/certificate', lines }), 401, verdict.join());
  }
});

test('aws-api-gateway.md: the certificate in the event', () => {
  const clientCert = { clientCertPem: right.certificate };
  for (const requestContext of [{ authentication: { clientCert } }, { identity: { clientCert } }]) {
    const { success, certificate } = extractClientCertificateFromLambdaEvent({ requestContext });
    assert.deepEqual([success, certificate.subject.CN], [true, 'svc-a']);
  }
  assert.equal(extractClientCertificateFromLambdaEvent({ requestContext: {} }).success, false);
});
