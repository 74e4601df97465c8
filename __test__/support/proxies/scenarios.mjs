import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../../../dist/testing/index.js';
import { CURRENT_FRAMEWORKS } from '../frameworks.mjs';
import { listenWithGuards } from './guards.mjs';
import { createIdentities } from './identities.mjs';
import { requestLines } from './request.mjs';
import { spoofs } from './spoofs.mjs';

/** What callers get through a proxy that forwards certificates as documented. */
export const PASSED = 200;
const NOBODY = 401;
const FORBIDDEN = { '/certificate': 403, '/callback': 401, '/fingerprint': 403 };
const PATHS = Object.keys(FORBIDDEN);

/**
 * The callers of the issue, through a real proxy to every framework.
 *
 * @param proxy `{ name, needs, start, options, header, form, verdict }`: the options of the page's one line, the name
 * of the header, its value for a certificate in PEM, and the lines that say it was verified
 */
export function testProxy({
  name,
  needs,
  start,
  options,
  header,
  form,
  verdict = [],
  frameworks = CURRENT_FRAMEWORKS,
}) {
  for (const framework of frameworks) {
    test(`${name} in front of ${framework.name}`, { skip: needs.skip }, async (t) => {
      const identities = createIdentities();
      const { tls, right, wrong } = identities;
      const tenant = await testing.createTestTenant();
      t.after(() => tenant.close());
      const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
      const backendPort = await listenWithGuards(t, framework, { client, options, right });
      const { port } = await start(t, { backendPort, tls });
      const call = (path, identity, lines) => requestLines(port, { path, lines, ca: tls.ca, identity });

      await t.test('the right certificate is let in, and is the identity', async () => {
        for (const path of PATHS) assertIdentity(await call(path, right), right, path);
      });

      await t.test('a certificate of the same authority that is not listed is forbidden', async () => {
        for (const path of PATHS) assertStatus(await call(path, wrong), FORBIDDEN[path], path);
      });

      await t.test('nobody is let in without a certificate', async () => {
        for (const path of [...PATHS, '/token']) assertStatus(await call(path), NOBODY, path);
      });

      for (const kind of ['expired', 'notYetValid', 'selfSigned', 'foreign']) {
        await t.test(`the proxy itself refuses a certificate that is ${kind}`, async () => {
          for (const path of [...PATHS, '/token']) {
            const { status, refused } = await call(path, identities[kind]);
            assert.ok(status === 400 || refused !== undefined, `${path} ${status}`);
          }
        });
      }

      for (const [attempt, lines] of Object.entries(spoofs(header, form(right.certificate)))) {
        await t.test(`a caller who sends ${attempt} is who the handshake says`, async () => {
          for (const path of PATHS) {
            assertIdentity(await call(path, right, lines), right, path);
            assertStatus(await call(path, wrong, lines), FORBIDDEN[path], path);
            assertStatus(await call(path, undefined, lines), NOBODY, path);
          }
        });
      }

      await t.test('a caller cannot have the header removed on its way', async () => {
        const hopByHop = [`Connection: close, ${header}`, `${header}: ${form(right.certificate)}`];
        for (const path of PATHS) {
          const { status } = await call(path, wrong, hopByHop);
          assert.ok(status === FORBIDDEN[path] || status === NOBODY, `${path} ${status}`);
          assertStatus(await call(path, undefined, hopByHop), NOBODY, path);
        }
      });

      await t.test('a bound token is accepted with its certificate alone', async () => {
        const bound = bearer(await tenant.issue({ boundTo: right.certificate }));
        const spoofed = [bound, `${header}: ${form(right.certificate)}`];
        assertStatus(await call('/token', right, [bound]), PASSED);
        assertStatus(await call('/token', wrong, [bound]), NOBODY);
        assertStatus(await call('/token', undefined, [bound]), NOBODY);
        assertStatus(await call('/token', wrong, spoofed), NOBODY);
        assertStatus(await call('/token', undefined, spoofed), NOBODY);
      });

      await t.test('a token that is not bound is refused where binding is required', async () => {
        assertStatus(await call('/token', right, [bearer(await tenant.issue())]), NOBODY);
      });

      await t.test('the header counts as absent when the proxy is not among trustedProxies', async () => {
        assertStatus(await call('/elsewhere', right), NOBODY);
      });

      await t.test('whoever goes past the proxy is refused by the address', async () => {
        const token = bearer(await tenant.issue({ boundTo: right.certificate }));
        const lines = [token, ...verdict, `${header}: ${form(right.certificate)}`];
        for (const path of [...PATHS, '/token']) {
          const direct = (localAddress) => requestLines(backendPort, { path, lines, localAddress });
          assertStatus(await direct('127.0.0.2'), NOBODY, path);
          // The same lines from the proxy's own address show that nothing else is wrong with them.
          assertStatus(await direct('127.0.0.1'), PASSED, path);
        }
      });
    });
  }
}

export function assertStatus({ status, refused, body }, expected, message) {
  assert.deepEqual({ status, refused, message }, { status: expected, refused: undefined, message }, body);
}

/** The request passed, and the handler saw this certificate. */
export function assertIdentity(answer, { certificate }, message) {
  assertStatus(answer, PASSED, message);
  const { subject, fingerprint256 } = new X509Certificate(certificate);
  const commonName = /^CN=(.*)$/m.exec(subject)[1];
  assert.deepEqual(JSON.parse(answer.body), { commonName, fingerprint256: fingerprint256.replaceAll(':', '') });
}

export function bearer(token) {
  return `Authorization: Bearer ${token}`;
}
