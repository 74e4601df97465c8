import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { allowCA } from '@monocloud/backend-node/client-certificate-auth/helpers';
import testing from '../dist/testing/index.js';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';
import { needsCaddy as needs, startCaddy } from './support/proxies/caddy.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { listenWithGuards } from './support/proxies/guards.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { requestLines } from './support/proxies/request.mjs';
import { assertIdentity, assertStatus, bearer, testProxy } from './support/proxies/scenarios.mjs';

const [options, rfc9440] = documentedOptions('caddy.md');

testProxy({ name: 'Caddy', needs, start: startCaddy, options, header: 'X-Client-Cert', form: FORMS.base64Der });

testProxy({
  name: 'Caddy with RFC 9440',
  needs,
  start: (t, more) => startCaddy(t, { ...more, file: 'Caddyfile.rfc9440' }),
  options: rfc9440,
  header: 'Client-Cert',
  form: FORMS.rfc9440,
});

for (const framework of CURRENT_FRAMEWORKS) {
  test(`Caddy with mode request in front of ${framework.name}`, { skip: needs.skip }, async (t) => {
    const identities = createIdentities();
    const { tls, right, selfSigned, foreign } = identities;
    const tenant = await testing.createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const routes = [['/authority', ({ callback }) => callback(allowCA([tls.clientCa]))]];
    const backendPort = await listenWithGuards(t, framework, { client, options, right, routes });
    const replacements = { 'mode verify_if_given': 'mode request' };
    const { port } = await startCaddy(t, { backendPort, tls, replacements });
    const call = (path, identity, lines) => requestLines(port, { path, lines, ca: tls.ca, identity });

    await t.test('Caddy forwards what is out of its dates, and it is refused here', async () => {
      for (const kind of ['expired', 'notYetValid']) {
        const identity = identities[kind];
        const token = bearer(await tenant.issue({ boundTo: identity.certificate }));
        assertStatus(await call('/certificate', identity), 403, kind);
        assertStatus(await call('/callback', identity), 401, kind);
        assertStatus(await call('/authority', identity), 401, kind);
        assertStatus(await call('/token', identity, [token]), 401, kind);
      }
    });

    await t.test('Caddy forwards what nobody vouches for, and a list of names alone admits it', async () => {
      for (const identity of [selfSigned, foreign]) {
        assertIdentity(await call('/certificate', identity), identity);
        assertIdentity(await call('/callback', identity), identity);
      }
    });

    await t.test('an authority or a fingerprint keeps it out', async () => {
      assertIdentity(await call('/authority', right), right);
      assertIdentity(await call('/fingerprint', right), right);
      for (const identity of [selfSigned, foreign]) {
        assertStatus(await call('/authority', identity), 401);
        assertStatus(await call('/fingerprint', identity), 403);
      }
    });

    await t.test('a token that is bound to it is accepted with it alone', async () => {
      const token = bearer(await tenant.issue({ boundTo: selfSigned.certificate }));
      assertStatus(await call('/token', selfSigned, [token]), 200);
      assertStatus(await call('/token', foreign, [token]), 401);
      assertStatus(await call('/token', undefined, [token]), 401);
    });
  });
}
