import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import { clientCertAuth } from '@monocloud/backend-node/express';
import testing from '../dist/testing/index.js';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { createIdentities } from './support/proxies/identities.mjs';
import { requestLines } from './support/proxies/request.mjs';

const EXPRESS = CURRENT_FRAMEWORKS.find(({ family }) => family === 'express');

const { tls, clients, right, wrong } = createIdentities();
const { certificate: A } = right;
const { certificate: B } = wrong;
const AUTHORITY = tls.clientCa;
const STRANGERS = testing.createCertificateAuthority('Client CA').certificate;

const der = (pem) => new X509Certificate(pem).raw;
const base64 = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64');
const sha256 = (pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const escaped = (...pems) => encodeURIComponent(pems.join(''));
const cert = (...pems) => `Cert="${escaped(...pems)}"`;
const relabelled = (pem, label) => pem.replaceAll('CERTIFICATE', label);
/** A certificate whose base64 has both characters that base64url writes otherwise. */
const special = certificateWith((text) => text.includes('+') && text.includes('/'));

function certificateWith(fits) {
  for (;;) {
    const { certificate } = clients.issueClient({ commonName: 'svc-a' });
    if (fits(base64(der(certificate)))) return certificate;
  }
}

const NAME = 'x-cert';
const SOURCES = {
  base64: { certificateHeader: NAME, headerEncoding: 'base64-der' },
  'base64-list': { source: 'traefik', certificateHeader: NAME },
  pem: { certificateHeader: NAME, headerEncoding: 'url-pem' },
  aws: { certificateHeader: NAME, headerEncoding: 'url-pem-aws' },
  rfc9440: { certificateHeader: NAME, headerEncoding: 'rfc9440', chainHeader: 'x-chain' },
  xfcc: { certificateHeader: NAME, headerEncoding: 'xfcc' },
  first: { certificateHeader: NAME, headerEncoding: 'xfcc', xfccElement: 'first' },
  last: { certificateHeader: NAME, headerEncoding: 'xfcc', xfccElement: 'last' },
  verified: { certificateHeader: NAME, headerEncoding: 'base64-der', verifyHeader: 'x-verify', verifyValue: 'SUCCESS' },
};

const REFUSED = 401;
/** By the HTTP parser of Node.js, before any guard. */
const UNREADABLE = 400;

/** `[what, source, value or header lines, the certificate, or leaf and issuers, or the status of the refusal]` */
const TABLE = [
  ['the certificate', 'base64', base64(der(A)), A],
  ['nothing', 'base64', '', REFUSED],
  ['the placeholder of Apache', 'base64', '(null)', REFUSED],
  ['the placeholder of Caddy', 'base64', '{http.request.tls.client.certificate_der_base64}', REFUSED],
  ['a hyphen', 'base64', '-', REFUSED],
  ['base64 with a space', 'base64', base64(der(A)).replace(/^(.{64})/, '$1 '), REFUSED],
  ['base64 with a foreign character', 'base64', base64(der(A)).replace(/^(.{64})/, '$1!'), REFUSED],
  ['base64 with padding inside', 'base64', base64(der(A)).replace(/^(.{64})/, '$1='), REFUSED],
  ['base64 with text behind its padding', 'base64', `${base64(der(A))}=AAAA`, REFUSED],
  ['base64url', 'base64', der(special).toString('base64url'), REFUSED],
  ['base64url with padding', 'base64', base64(der(special)).replaceAll('+', '-').replaceAll('/', '_'), REFUSED],
  ['hexadecimal', 'base64', der(A).toString('hex'), REFUSED],
  ['base64 of PEM', 'base64', base64(A), REFUSED],
  ['a byte behind the DER', 'base64', base64(der(A), [0]), REFUSED],
  ['a certificate behind the DER', 'base64', base64(der(A), der(B)), REFUSED],
  ['DER cut short', 'base64', base64(der(A).subarray(0, -1)), REFUSED],
  ['a public key', 'base64', base64(new X509Certificate(A).publicKey.export({ type: 'spki', format: 'der' })), REFUSED],
  ['a list where there is none', 'base64', `${base64(der(A))},${base64(der(B))}`, REFUSED],

  ['the chain', 'base64-list', [A, AUTHORITY].map((pem) => base64(der(pem))).join(','), [A, AUTHORITY]],
  ['a foreign authority', 'base64-list', [A, STRANGERS].map((pem) => base64(der(pem))).join(','), [A]],
  ['an authority that is none of theirs', 'base64-list', [A, B].map((pem) => base64(der(pem))).join(','), [A]],
  ['the chain in wrong order', 'base64-list', [AUTHORITY, A].map((pem) => base64(der(pem))).join(','), [AUTHORITY]],
  [
    'eleven certificates',
    'base64-list',
    Array(11)
      .fill(base64(der(A)))
      .join(','),
    REFUSED,
  ],
  ['commas alone', 'base64-list', ','.repeat(8000), REFUSED],
  ['an empty first item', 'base64-list', `,${base64(der(A))}`, REFUSED],

  ['the certificate', 'pem', escaped(A), A],
  ['as Apache writes it', 'pem', FORMS.apache(A), A],
  ['with spaces for line breaks', 'pem', A.trim().replaceAll('\n', ' '), A],
  ...['X509 CERTIFICATE', 'TRUSTED CERTIFICATE', 'CERTIFICATE REQUEST', 'PUBLIC KEY', 'certificate'].map((label) => [
    `the label ${label}`,
    'pem',
    escaped(relabelled(A, label)),
    REFUSED,
  ]),
  ['two labels', 'pem', escaped(A.replace('END CERTIFICATE', 'END X509 CERTIFICATE')), REFUSED],
  ['no end', 'pem', escaped(A.replace(/-----END[^]*/, '')), REFUSED],
  ['text in front', 'pem', escaped(`CN=admin\n${A}`), REFUSED],
  ['another label in front', 'pem', escaped(relabelled(B, 'X509 CERTIFICATE'), A), REFUSED],
  ['a header inside', 'pem', escaped(A.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n')), REFUSED],
  ['a comma', 'pem', `${escaped(A)},${escaped(B)}`, REFUSED],
  ['escaped twice', 'pem', encodeURIComponent(escaped(A)), REFUSED],
  ['half an escape', 'pem', `${escaped(A)}%4`, REFUSED],
  ['an escape that is none', 'pem', escaped(A).replace('%20', '%zz'), REFUSED],
  ['an escaped NUL', 'pem', escaped(A).replace('%0A', '%00%0A'), REFUSED],
  ['a byte behind the DER', 'pem', escaped(testingPem(base64(der(A), [0]))), REFUSED],
  ['base64url', 'pem', escaped(testingPem(der(special).toString('base64url'))), REFUSED],
  ['the chain', 'pem', escaped(A, AUTHORITY), [A, AUTHORITY]],
  ['a foreign authority', 'pem', escaped(A, STRANGERS), [A]],
  ['the chain in wrong order', 'pem', escaped(AUTHORITY, A), [AUTHORITY]],
  ['eleven certificates', 'pem', escaped(...Array(11).fill(A)), REFUSED],
  ['+ as it is', 'aws', encodeURIComponent(special).replaceAll('%2B', '+').replaceAll('%2F', '/'), special],

  ['the certificate', 'rfc9440', FORMS.rfc9440(A), A],
  ['no colons', 'rfc9440', base64(der(A)), REFUSED],
  ['one colon', 'rfc9440', `:${base64(der(A))}`, REFUSED],
  ['a string', 'rfc9440', `"${base64(der(A))}"`, REFUSED],
  ['a list', 'rfc9440', `${FORMS.rfc9440(A)}, ${FORMS.rfc9440(B)}`, REFUSED],
  ['text in front', 'rfc9440', `x${FORMS.rfc9440(A)}`, REFUSED],
  ['base64url', 'rfc9440', `:${der(special).toString('base64url')}:`, REFUSED],
  ['a byte behind the DER', 'rfc9440', `:${base64(der(A), [0])}:`, REFUSED],
  ['nothing inside', 'rfc9440', '::', REFUSED],
  ['the placeholder of Caddy', 'rfc9440', ':{http.request.tls.client.certificate_der_base64}:', REFUSED],
  ['the chain', 'rfc9440', [`${NAME}: ${FORMS.rfc9440(A)}`, `x-chain: ${FORMS.rfc9440(AUTHORITY)}`], [A, AUTHORITY]],
  ['a foreign authority', 'rfc9440', [`${NAME}: ${FORMS.rfc9440(A)}`, `x-chain: ${FORMS.rfc9440(STRANGERS)}`], [A]],
  ['a chain alone', 'rfc9440', [`x-chain: ${FORMS.rfc9440(A)}`], REFUSED],
  [
    'ten issuers',
    'rfc9440',
    [`${NAME}: ${FORMS.rfc9440(A)}`, `x-chain: ${Array(10).fill(FORMS.rfc9440(AUTHORITY)).join(', ')}`],
    REFUSED,
  ],

  ['as Envoy writes it', 'xfcc', FORMS.envoy(A), A],
  ['the certificate alone', 'xfcc', cert(A), A],
  ['another subject beside it', 'xfcc', `${cert(A)};Subject="CN=admin"`, A],
  ['other names beside it', 'xfcc', `${cert(A)};URI=spiffe://admin;DNS=admin`, A],
  ['the hash of another', 'xfcc', `Hash=${sha256(B)};${cert(A)}`, REFUSED],
  ['the chain of another', 'xfcc', `${cert(A)};Chain="${escaped(B)}"`, REFUSED],
  ['the chain in wrong order', 'xfcc', `${cert(A)};Chain="${escaped(AUTHORITY, A)}"`, REFUSED],
  ['the certificate twice', 'xfcc', `${cert(A)};${cert(A)}`, REFUSED],
  ['two certificates', 'xfcc', `${cert(A)};${cert(B)}`, REFUSED],
  ['two members, one in another case', 'xfcc', `${cert(A)};cert="${escaped(B)}"`, REFUSED],
  ['two hashes', 'xfcc', `Hash=${sha256(A)};Hash=${sha256(A)};${cert(A)}`, REFUSED],
  ['a quote that stays open', 'xfcc', `Cert="${escaped(A)}`, REFUSED],
  ['a value half in quotes', 'xfcc', `${cert(A)}x`, REFUSED],
  ['the subject alone', 'xfcc', `Subject="CN=svc-a"`, REFUSED],
  ['the hash alone', 'xfcc', `Hash=${sha256(A)}`, REFUSED],
  ['hash and subject', 'xfcc', `Hash=${sha256(A)};Subject="CN=svc-a"`, REFUSED],
  ['names alone', 'xfcc', `URI=spiffe://a;DNS=svc-a.example.com`, REFUSED],
  ['a certificate inside the subject', 'xfcc', `Subject="O=x;Cert=${escaped(A)}"`, REFUSED],
  ['a certificate behind a name', 'xfcc', `Hash=${sha256(A)};URI=x;${cert(B)}`, REFUSED],
  ['two elements', 'xfcc', `${cert(A)},${cert(B)}`, REFUSED],
  ['the same element twice', 'xfcc', `${cert(A)},${cert(A)}`, REFUSED],
  ['an empty element', 'xfcc', `,${cert(A)}`, REFUSED],
  ['eleven certificates', 'xfcc', `${cert(A)};Chain="${escaped(...Array(11).fill(A))}"`, REFUSED],
  ['a member without a value', 'xfcc', `Cert`, REFUSED],
  ['an empty certificate', 'xfcc', `Cert=""`, REFUSED],
  ['two elements', 'first', `${cert(A)},${cert(B)}`, A],
  ['two elements', 'last', `${cert(A)},${cert(B)}`, B],
  ['a first element without a certificate', 'first', `Subject="CN=svc-a",${cert(B)}`, REFUSED],
  ['a last element without a certificate', 'last', `${cert(A)},Subject="CN=svc-a"`, REFUSED],
  ['a last element that a name may have written', 'last', `${cert(A)};URI=x,Hash=${sha256(B)};${cert(B)}`, REFUSED],
  ['a last element that another name may have written', 'last', `${cert(A)};DNS=x,${cert(B)}`, REFUSED],
  ['a quote across elements', 'last', `Subject="CN=x,${cert(B)}`, REFUSED],

  ['the line twice', 'base64', twice(`${NAME}: ${base64(der(A))}`), REFUSED],
  ['another line, in another case', 'base64', [`${NAME}: ${base64(der(A))}`, `X-Cert: ${base64(der(B))}`], REFUSED],
  ['an empty line before it', 'base64', [`${NAME}:`, `${NAME}: ${base64(der(A))}`], REFUSED],
  ['an empty line behind it', 'base64', [`${NAME}: ${base64(der(A))}`, `${NAME}:`], REFUSED],
  ['underscores', 'base64', [`x_cert: ${base64(der(A))}`], REFUSED],
  ['the verdict and the certificate', 'verified', ['x-verify: SUCCESS', `${NAME}: ${base64(der(A))}`], A],
  ['no verdict', 'verified', [`${NAME}: ${base64(der(A))}`], REFUSED],
  ['another verdict', 'verified', ['x-verify: NONE', `${NAME}: ${base64(der(A))}`], REFUSED],
  ['a verdict in another case', 'verified', ['x-verify: success', `${NAME}: ${base64(der(A))}`], REFUSED],
  ['the verdict twice', 'verified', [...twice('x-verify: SUCCESS'), `${NAME}: ${base64(der(A))}`], REFUSED],
  ['two verdicts', 'verified', ['x-verify: SUCCESS', 'x-verify: NONE', `${NAME}: ${base64(der(A))}`], REFUSED],
  ['a NUL', 'base64', `${base64(der(A))}\0`, UNREADABLE],
  ['a line feed', 'base64', base64(der(A)).replace(/^(.{64})/, '$1\n'), UNREADABLE],
  ['a carriage return', 'base64', base64(der(A)).replace(/^(.{64})/, '$1\r'), UNREADABLE],
  ['a byte above ASCII', 'base64', `${base64(der(A))}\xff`, REFUSED],
  ['a folded line (RFC 9112 section 5.2)', 'base64', base64(der(A)).replace(/^(.{64})/, '$1\r\n '), UNREADABLE],
  ['a folded PEM', 'pem', A.trim().replaceAll('\n', '\r\n\t'), UNREADABLE],
];

function testingPem(text) {
  return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function twice(line) {
  return [line, line];
}

test('every header is refused or read as its true identity', async (t) => {
  const url = await EXPRESS.listen(t, Object.entries(SOURCES).flatMap(routes));
  const port = Number(new URL(url).port);
  for (const [what, source, sent, expected] of TABLE) {
    const lines = Array.isArray(sent) ? sent : [`${NAME}: ${sent}`];
    for (const door of ['names', 'callback']) {
      await t.test(`${source}, ${what}, by ${door}`, async () => {
        const { status, refused, body } = await requestLines(port, { path: `/${door}/${source}`, lines });
        if (typeof expected === 'number') {
          assert.deepEqual({ status, refused }, { status: expected, refused: undefined }, body);
          return;
        }
        const [leaf, ...issuers] = [expected].flat();
        assert.equal(status, 200, body);
        assert.deepEqual(JSON.parse(body), {
          fingerprint: sha256(leaf),
          // Only the legacy form has issuers.
          issuers: door === 'callback' ? issuers.map(sha256) : [],
        });
      });
    }
  }
});

/** Everybody who has a certificate is let in, and the answer is who they are. */
function routes([name, options]) {
  const trustedProxies = ['loopback'];
  const { source, ...others } = options;
  const callbackOptions = {
    ...others,
    ...(source && { certificateSource: source }),
    trustedProxies,
    includeChain: true,
  };
  return [
    {
      path: `/names/${name}`,
      guard: clientCertAuth({ ...options, trustedProxies, requireVerified: false }),
      handle: whoIs,
    },
    { path: `/callback/${name}`, guard: clientCertificateAuth(() => true, callbackOptions), handle: whoIs },
  ];
}

function whoIs({ clientCertificate }) {
  const [fingerprint, ...issuers] = chainOf(clientCertificate).map((one) => one.fingerprint256);
  const plain = (text) => text.replaceAll(':', '').toLowerCase();
  return { fingerprint: plain(fingerprint), issuers: issuers.map(plain) };
}

function chainOf(certificate) {
  const { issuerCertificate } = certificate;
  return issuerCertificate === undefined ? [certificate] : [certificate, ...chainOf(issuerCertificate)];
}
