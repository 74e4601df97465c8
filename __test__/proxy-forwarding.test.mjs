import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { needsApache, startApache } from './support/proxies/apache.mjs';
import { needsCaddy, startCaddy } from './support/proxies/caddy.mjs';
import { needsEnvoy, startEnvoy } from './support/proxies/envoy.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { needsHaproxy, startHaproxy } from './support/proxies/haproxy.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { needsNginx, startNginx } from './support/proxies/nginx.mjs';
import { requestLines } from './support/proxies/request.mjs';
import { spoofs } from './support/proxies/spoofs.mjs';

const VERDICT = 'x-ssl-client-verify';

/**
 * `form(pem)` is the one value that the header may have, `none` its values without a certificate. `verdicts` are those
 * with and without one.
 */
const FORWARDED = [
  {
    name: 'nginx',
    needs: needsNginx,
    start: startNginx,
    header: 'x-ssl-client-cert',
    form: FORMS.nginx,
    none: [],
    verdicts: ['SUCCESS', 'NONE'],
  },
  {
    name: 'HAProxy',
    needs: needsHaproxy,
    start: startHaproxy,
    header: 'x-ssl-client-cert',
    form: FORMS.base64Der,
    none: [],
    verdicts: ['0', '0'],
  },
  {
    name: 'HAProxy, RFC 9440',
    needs: needsHaproxy,
    start: (t, options) => startHaproxy(t, { ...options, file: 'haproxy-rfc9440.cfg' }),
    header: 'client-cert',
    form: FORMS.rfc9440,
    none: [],
    verdicts: ['0', '0'],
  },
  {
    name: 'Caddy',
    needs: needsCaddy,
    start: startCaddy,
    header: 'x-client-cert',
    form: FORMS.base64Der,
    none: ['{http.request.tls.client.certificate_der_base64}'],
  },
  {
    name: 'Caddy, RFC 9440',
    needs: needsCaddy,
    start: (t, options) => startCaddy(t, { ...options, file: 'Caddyfile.rfc9440' }),
    header: 'client-cert',
    form: FORMS.rfc9440,
    none: [':{http.request.tls.client.certificate_der_base64}:'],
  },
  {
    name: 'Apache',
    needs: needsApache,
    start: startApache,
    header: 'x-ssl-client-cert',
    form: FORMS.apache,
    none: [''],
    verdicts: ['SUCCESS', 'NONE'],
  },
  {
    name: 'Apache, RFC 9440',
    needs: needsApache,
    start: (t, options) => startApache(t, { ...options, file: 'apache-rfc9440.conf' }),
    header: 'client-cert',
    form: FORMS.rfc9440,
    none: ['(null)'],
    verdicts: ['SUCCESS', 'NONE'],
  },
  {
    name: 'Envoy',
    needs: needsEnvoy,
    start: startEnvoy,
    header: 'x-forwarded-client-cert',
    form: FORMS.envoy,
    none: [],
  },
];

for (const { name, needs, start, header, form, none, verdicts } of FORWARDED) {
  test(`${name} forwards the certificate of the connection and nothing else`, { skip: needs.skip }, async (t) => {
    const { tls, right, selfSigned, foreign, expired } = createIdentities();
    const heads = [];
    const { port } = await start(t, { backendPort: await listen(t, heads), tls });
    const forwarded = async (identity, lines) => {
      heads.length = 0;
      const { status } = await requestLines(port, { ca: tls.ca, identity, lines });
      const found = (wanted) => heads.flatMap((head) => valuesOf(head, wanted));
      return { status, values: found(header), verdicts: verdicts && found(VERDICT) };
    };

    const spoofed = Object.values(spoofs(header, form(selfSigned.certificate)));
    const judged = verdicts === undefined ? [] : Object.values(spoofs(VERDICT, 'SPOOFED'));
    const one = (verdict) => (verdict === undefined ? undefined : [verdict]);
    for (const lines of [[], ...spoofed, ...judged]) {
      const label = lines.join('\n');
      const right200 = { status: 200, values: [form(right.certificate)], verdicts: one(verdicts?.[0]) };
      assert.deepEqual(await forwarded(right, lines), right200, label);
      const none200 = { status: 200, values: none, verdicts: one(verdicts?.[1]) };
      assert.deepEqual(await forwarded(undefined, lines), none200, label);
    }
    for (const identity of [selfSigned, foreign, expired]) {
      const { status, values } = await forwarded(identity, []);
      assert.ok(status === undefined || status === 400, `${status}`);
      assert.deepEqual(values, []);
    }
  });
}

/** A server that keeps the bytes of each request's head, as latin-1, and answers 200. */
async function listen(t, heads) {
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      heads.push(text);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return server.address().port;
}

/** The values of the header, and of every name that a reader may take for it: `_` for `-`, in any case. */
function valuesOf(head, header) {
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    .filter(([name]) => name.toLowerCase().replaceAll('_', '-') === header)
    .map(([, value]) => value);
}
