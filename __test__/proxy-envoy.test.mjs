import { test } from 'node:test';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';
import { needsEnvoy as needs, startEnvoy } from './support/proxies/envoy.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { listenWithGuards } from './support/proxies/guards.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { requestLines } from './support/proxies/request.mjs';
import { assertIdentity, assertStatus, testProxy } from './support/proxies/scenarios.mjs';

const HEADER = 'X-Forwarded-Client-Cert';
const [options] = documentedOptions('envoy.md');

testProxy({ name: 'Envoy', needs, start: startEnvoy, options, header: HEADER, form: FORMS.envoy });

for (const framework of CURRENT_FRAMEWORKS) {
  test(`Envoy in its other modes, in front of ${framework.name}`, { skip: needs.skip }, async (t) => {
    const { tls, right, wrong } = createIdentities();
    const claim = [`${HEADER}: ${FORMS.envoy(right.certificate)}`];
    const routes = ['first', 'last'].map((xfccElement) => [
      `/${xfccElement}`,
      ({ names }) => names(['svc-a'], { xfccElement }),
    ]);
    const backendPort = await listenWithGuards(t, framework, { options, right, routes });
    const start = async (replacements) => {
      const { port } = await startEnvoy(t, { backendPort, tls, replacements });
      return (path, identity, lines) => requestLines(port, { path, lines, ca: tls.ca, identity });
    };

    await t.test(
      'APPEND_FORWARD: the own element of a caller comes first, and is refused unless one is named',
      async () => {
        const call = await start({ SANITIZE_SET: 'APPEND_FORWARD' });
        assertIdentity(await call('/certificate', right), right);
        for (const path of ['/certificate', '/callback', '/fingerprint']) {
          assertStatus(await call(path, wrong, claim), 401, path);
        }
        assertStatus(await call('/last', wrong, claim), 403);
      },
    );

    await t.test('APPEND_FORWARD: at the edge the first element is what the caller says', async () => {
      const call = await start({ SANITIZE_SET: 'APPEND_FORWARD' });
      assertIdentity(await call('/first', wrong, claim), right);
      assertStatus(await call('/first', undefined, claim), 401);
    });

    await t.test('FORWARD_ONLY: at the edge whoever has any certificate is whoever they say', async () => {
      const call = await start({ SANITIZE_SET: 'FORWARD_ONLY' });
      assertIdentity(await call('/certificate', wrong, claim), right);
      assertStatus(await call('/certificate', undefined, claim), 401);
      assertStatus(await call('/certificate', right), 401);
    });

    await t.test('ALWAYS_FORWARD_ONLY: at the edge everybody is whoever they say', async () => {
      const call = await start({ SANITIZE_SET: 'ALWAYS_FORWARD_ONLY' });
      assertIdentity(await call('/certificate', undefined, claim), right);
    });

    await t.test('an element without the certificate is no identity', async () => {
      const call = await start({ 'cert: true, chain: true': 'subject: true, uri: true, dns: true' });
      for (const path of ['/certificate', '/callback', '/fingerprint', '/first', '/last']) {
        assertStatus(await call(path, right), 401, path);
      }
    });
  });
}
