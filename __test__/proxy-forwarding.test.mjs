import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { needsApache, startApache } from './support/proxies/apache.mjs';
import { needsCaddy, startCaddy } from './support/proxies/caddy.mjs';
import { needsEnvoy, startEnvoy } from './support/proxies/envoy.mjs';
import { needsHaproxy, startHaproxy } from './support/proxies/haproxy.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { needsNginx, startNginx } from './support/proxies/nginx.mjs';
import { requestLines } from './support/proxies/request.mjs';
import { spoofs } from './support/proxies/spoofs.mjs';

const urlPem = (pem) => pem.replace(/[ \n+/=]/g, encodeURIComponent);
const base64Der = (pem) => new X509Certificate(pem).raw.toString('base64');
const sha256 = (pem) => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');

/** `form(pem)` is the one value that the header may have, `none` its values without a certificate. */
const FORWARDED = [
  { name: 'nginx', needs: needsNginx, start: startNginx, header: 'x-ssl-client-cert', form: urlPem, none: [] },
  { name: 'HAProxy', needs: needsHaproxy, start: startHaproxy, header: 'x-ssl-client-cert', form: base64Der, none: [] },
  {
    name: 'HAProxy, RFC 9440',
    needs: needsHaproxy,
    start: (t, options) => startHaproxy(t, { ...options, file: 'haproxy-rfc9440.cfg' }),
    header: 'client-cert',
    form: (pem) => `:${base64Der(pem)}:`,
    none: [],
  },
  {
    name: 'Caddy',
    needs: needsCaddy,
    start: startCaddy,
    header: 'x-client-cert',
    form: base64Der,
    none: ['{http.request.tls.client.certificate_der_base64}'],
  },
  {
    name: 'Apache',
    needs: needsApache,
    start: startApache,
    header: 'x-ssl-client-cert',
    form: (pem) => pem.replaceAll(' ', '%20').replaceAll('\n', '%0a'),
    none: [''],
  },
  {
    name: 'Apache, RFC 9440',
    needs: needsApache,
    start: (t, options) => startApache(t, { ...options, file: 'apache-rfc9440.conf' }),
    header: 'client-cert',
    form: (pem) => `:${base64Der(pem)}:`,
    none: ['(null)'],
  },
  {
    name: 'Envoy',
    needs: needsEnvoy,
    start: startEnvoy,
    header: 'x-forwarded-client-cert',
    form: (pem) => `Hash=${sha256(pem)};Cert="${urlPem(pem)}";Chain="${urlPem(pem)}"`,
    none: [],
  },
];

for (const {
  name,
  needs: { skip },
  start,
  header,
  form,
  none,
} of FORWARDED) {
  test(`${name} forwards the certificate of the connection and nothing else`, { skip }, async (t) => {
    const { tls, right, selfSigned, foreign, expired } = createIdentities();
    const heads = [];
    const { port } = await start(t, { backendPort: await listen(t, heads), tls });
    const forwarded = async (identity, lines) => {
      heads.length = 0;
      const { status } = await requestLines(port, { ca: tls.ca, identity, lines });
      return { status, values: heads.flatMap((head) => valuesOf(head, header)) };
    };

    const spoofed = spoofs(header, form(selfSigned.certificate));
    for (const lines of [[], ...Object.values(spoofed)]) {
      const label = lines.join('\n');
      const withCertificate = await forwarded(right, lines);
      assert.deepEqual(withCertificate, { status: 200, values: [form(right.certificate)] }, label);
      const withoutCertificate = await forwarded(undefined, lines);
      assert.deepEqual(withoutCertificate, { status: 200, values: none }, label);
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
