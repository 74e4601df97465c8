import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../../../dist/testing/index.js';
import { CURRENT_FRAMEWORKS } from '../frameworks.mjs';
import { listenWithGuards } from './guards.mjs';
import { createIdentities } from './identities.mjs';
import { requestLines } from './request.mjs';
import { assertIdentity, assertStatus, bearer } from './scenarios.mjs';

/**
 * A proxy that completes handshakes with certificates that it could not verify, and says so in a header.
 *
 * @param proxy `{ name, needs, start, replacements, options, unverified }`: `options` are the page's line,
 * `unverified` those without a look at the verdict
 */
export function testVerdict({ name, needs, start, replacements, options, unverified }) {
  for (const framework of CURRENT_FRAMEWORKS) {
    test(`${name} in front of ${framework.name}`, { skip: needs.skip }, async (t) => {
      const { tls, right, selfSigned, foreign } = createIdentities();
      const tenant = await testing.createTestTenant();
      t.after(() => tenant.close());
      const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
      const { trustedProxies } = options;
      const bind = ({ binding }) => binding(client, { ...unverified, trustedProxies });
      const routes = [['/unverified', bind, ({ claims }) => claims]];
      const backendPort = await listenWithGuards(t, framework, { client, options, right, routes });
      const { port } = await start(t, { backendPort, tls, replacements });
      const call = (path, identity, lines) => requestLines(port, { path, lines, ca: tls.ca, identity });

      await t.test('what the proxy did not verify is refused, whatever the caller says of it', async () => {
        const claims = ['SUCCESS', '0'].flatMap((verdict) => [
          [`X-SSL-Client-Verify: ${verdict}`],
          [`x_ssl_client_verify: ${verdict}`],
          [`X-SSL-Client-Verify: ${verdict}`, `x-ssl-client-verify: ${verdict}`],
        ]);
        for (const path of ['/certificate', '/callback', '/fingerprint']) {
          assertIdentity(await call(path, right), right, path);
          for (const identity of [selfSigned, foreign]) {
            for (const lines of [[], ...claims]) assertStatus(await call(path, identity, lines), 401, path);
          }
        }
      });

      await t.test('a token can be bound to a certificate that signs itself', async () => {
        const token = bearer(await tenant.issue({ boundTo: selfSigned.certificate }));
        assertStatus(await call('/unverified', selfSigned, [token]), 200);
        assertStatus(await call('/unverified', foreign, [token]), 401);
        assertStatus(await call('/unverified', undefined, [token]), 401);
        assertStatus(await call('/token', selfSigned, [token]), 401);
      });
    });
  }
}
