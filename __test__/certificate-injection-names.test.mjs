import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import {
  allowCN,
  allowIssuer,
  allowOU,
  allowOrganization,
  allowSAN,
  allowSubject,
  anyOf,
} from '@monocloud/backend-node/client-certificate-auth/helpers';
import { clientCertAuth } from '@monocloud/backend-node/express';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';
import { needsEnvoy, startEnvoy } from './support/proxies/envoy.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { HOSTILE } from './support/proxies/hostile-names.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { requestLines } from './support/proxies/request.mjs';

const EXPRESS = CURRENT_FRAMEWORKS.find(({ family }) => family === 'express');

const { tls, clients } = createIdentities();
const admin = clients.issueClient({
  commonName: 'admin',
  organization: 'admin',
  dnsNames: ['admin'],
  uris: ['spiffe://admin'],
});

/** Where the text of `HOSTILE` stands in the certificate, and what else is in it. */
const PLACES = {
  commonName: (text) => ({ commonName: text }),
  organization: (text) => ({ commonName: 'attacker', organization: text }),
  uri: (text) => ({ commonName: 'attacker', uris: [`spiffe://${text}`] }),
  dnsName: (text) => ({ commonName: 'attacker', dnsNames: [text] }),
};

const HEADERS = { 'base64-der': FORMS.base64Der, 'url-pem': FORMS.nginx, rfc9440: FORMS.rfc9440, xfcc: FORMS.envoy };
const ENCODINGS = Object.keys(HEADERS);

/** Every list that `admin` is on. */
const ADMIN = anyOf(
  allowCN(['admin']),
  allowOU(['admin']),
  allowOrganization(['admin']),
  allowSubject({ CN: 'admin' }),
  allowIssuer({ CN: 'admin' }),
  allowSAN(['admin', 'DNS:admin', 'spiffe://admin', 'URI:spiffe://admin']),
);

for (const [place, options] of Object.entries(PLACES)) {
  test(`what stands in ${place} makes nobody else of its holder`, async (t) => {
    const port = await listen(t);
    for (const [what, text] of Object.entries(HOSTILE)) {
      await t.test(what, async () => {
        const { certificate } = clients.issueClient(options(text));
        for (const encoding of ENCODINGS) {
          const lines = [`x-cert: ${HEADERS[encoding](certificate)}`];
          await assertAttacker((path) => requestLines(port, { path: `/${encoding}${path}`, lines }), options(text));
        }
      });
    }
  });
}

test('admin is on every list', async (t) => {
  const port = await listen(t);
  for (const encoding of ENCODINGS) {
    for (const path of ['/names', '/alternative-names', '/callback']) {
      const lines = [`x-cert: ${HEADERS[encoding](admin.certificate)}`];
      const { status, body } = await requestLines(port, { path: `/${encoding}${path}`, lines });
      assert.deepEqual({ status, path }, { status: 200, path }, body);
    }
  }
});

/** What Envoy is told to write beside the hash. */
const DETAILS = {
  'the certificate': 'cert: true, chain: true',
  'the certificate and all text': 'cert: true, chain: true, subject: true, uri: true, dns: true',
  'text alone': 'subject: true, uri: true, dns: true',
};

for (const [written, details] of Object.entries(DETAILS)) {
  test(`through a real Envoy that forwards ${written}`, { skip: needsEnvoy.skip }, async (t) => {
    const backendPort = await listen(t);
    const replacements = { 'cert: true, chain: true': details };
    const { port } = await startEnvoy(t, { backendPort, tls, replacements });
    const hash = new X509Certificate(admin.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    const own = {
      ...HOSTILE,
      // What an attacker needs for this is public: the certificate of admin.
      'the certificate of admin': `x;Cert="${FORMS.nginx(admin.certificate)}"`,
      'the element of admin': `x,Hash=${hash};Cert="${FORMS.nginx(admin.certificate)}"`,
      'the whole element of admin': `x,${FORMS.envoy(admin.certificate)}`,
    };
    for (const [place, options] of Object.entries(PLACES)) {
      for (const [what, text] of Object.entries(own)) {
        await t.test(`${place}: ${what}`, async () => {
          const identity = clients.issueClient(options(text));
          // Only names without quotes can reach into other elements.
          const isOpen = details.includes('uri') && ['uri', 'dnsName'].includes(place);
          for (const source of isOpen ? ['/envoy', '/first', '/last'] : ['/envoy']) {
            const call = (path) => requestLines(port, { path: `${source}${path}`, ca: tls.ca, identity });
            await assertAttacker(call, options(text), { mayBeRefused: details.includes('uri') });
          }
        });
      }
    }
  });
}

/** Everybody's route shows the true names, or the header is refused; no list of `admin` lets the caller in. */
async function assertAttacker(call, { commonName, organization }, { mayBeRefused = false } = {}) {
  const lists = ['/names', '/alternative-names', '/callback'];
  const [everybody, ...answers] = await Promise.all(['/everybody', ...lists].map(call));
  // 503 is Envoy's own: it sends no header with a control character.
  const isRefused = (status, statuses) => statuses.includes(status) || (mayBeRefused && status === 503);
  answers.forEach(({ status, refused, body }, index) => {
    assert.ok(isRefused(status, [401, 403]), `${lists[index]} ${status} ${refused} ${body}`);
  });
  const { status, refused, body } = everybody;
  if (mayBeRefused && isRefused(status, [401])) return;
  assert.deepEqual({ status, refused }, { status: 200, refused: undefined }, body);
  assert.deepEqual(JSON.parse(body), { CN: commonName, ...(organization !== undefined && { O: organization }) });
}

async function listen(t) {
  const [envoy] = documentedOptions('envoy.md');
  const sources = {
    envoy,
    first: { ...envoy, xfccElement: 'first' },
    last: { ...envoy, xfccElement: 'last' },
    ...Object.fromEntries(
      ENCODINGS.map((headerEncoding) => [
        headerEncoding,
        { certificateHeader: 'x-cert', headerEncoding, trustedProxies: ['127.0.0.1'], requireVerified: false },
      ]),
    ),
  };
  const routes = Object.entries(sources).flatMap(([name, options]) => {
    const { source, requireVerified: _, ...others } = options;
    const callbackOptions = { ...others, ...(source && { certificateSource: source }) };
    return [
      ['/names', clientCertAuth({ ...options, allowSubjectCNs: ['admin'] })],
      ['/alternative-names', clientCertAuth({ ...options, allowSANs: ['admin', 'DNS:admin', 'spiffe://admin'] })],
      ['/callback', clientCertificateAuth(ADMIN, callbackOptions)],
      ['/everybody', clientCertificateAuth(() => true, callbackOptions)],
    ].map(([path, guard]) => ({ path: `/${name}${path}`, guard, handle: subjectOf }));
  });
  return Number(new URL(await EXPRESS.listen(t, routes)).port);
}

function subjectOf({ clientCertificate: { subject } }) {
  return { ...subject };
}
