import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';

const { createTestTenant } = testing;

const REQUIRED = [true, 'required'];
const NEVER = ['dangerously_ignore'];
const OWN = [undefined, false, null];

/** How an application hands a certificate over (RFC 8705 section 3.1 wants its SHA-256). */
const FORMS = {
  base64: (raw) => raw.toString('base64'),
  pem: (raw) => new X509Certificate(raw).toString(),
};

for (const { name, protectApi, listen, socketOf } of FRAMEWORKS) {
  describe(`${name}: certificate-bound tokens over mutual TLS`, { concurrency: true }, () => {
    for (const [form, write] of Object.entries(FORMS)) {
      test(`the certificate of the connection as ${form}`, async (t) => {
        const { tenant, tls, own, other } = await mutualTls(t);
        const certificateResolver = (request) => {
          const { raw } = socketOf(request).getPeerCertificate();
          return raw === undefined ? '' : write(raw);
        };
        const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
        const url = await listen(t, [{ path: '/', guard: protectApi(client, { certificateResolver })() }], { tls });
        const bound = await tenant.issue({ boundTo: own.certificate });
        const opaque = await tenant.issue({ boundTo: own.certificate, opaque: true });
        const plain = await tenant.issue();
        for (const token of [bound, opaque]) {
          const claims = assertPassed(await send(url, { token, ...presenting(tenant, own) }));
          assert.deepEqual(Object.keys(claims.cnf), ['x5t#S256']);
          assertAnswer(await send(url, { token, ...presenting(tenant, other) }), ANSWERS.invalid);
          assertAnswer(await send(url, { token, ca: tenant.ca }), ANSWERS.invalid);
        }
        assertPassed(await send(url, { token: plain, ca: tenant.ca }));
        assertPassed(await send(url, { token: plain, ...presenting(tenant, own) }));
        assertAnswer(await send(url, presenting(tenant, own)), ANSWERS.missing);
      });
    }
  });

  describe(`${name}: when the binding is checked`, { concurrency: true }, () => {
    for (const own of ['when_present', 'required', 'dangerously_ignore']) {
      test(`the client's mode is ${own}, and routes have theirs`, async (t) => {
        const tenant = await tenantFor(t);
        const [mine, foreign] = await Promise.all([tenant.certificate(), tenant.certificate()]);
        const tokens = {
          plain: await tenant.issue(),
          bound: await tenant.issue({ boundTo: mine.certificate }),
          broken: await tenant.issue({ claims: { cnf: { 'x5t#S256': '' } } }),
        };
        const options = { ...tenant.clientOptions, validateCertificateBinding: own };
        const certificateResolver = ({ headers }) => ({ mine, foreign })[headers['x-certificate']]?.certificate;
        const protect = protectApi(new MonoCloudBackendNodeClient(options), { certificateResolver });
        const modes = [...OWN, ...REQUIRED, ...NEVER, 'when_present'];
        const routes = modes.map((mode, i) => ({
          path: `/${i}`,
          guard: mode === undefined ? protect() : protect({ validateCertificateBinding: mode }),
        }));
        const url = await listen(t, routes);
        for (const [i, mode] of modes.entries()) {
          const effective = OWN.includes(mode) ? own : mode === true ? 'required' : mode;
          for (const [kind, token] of Object.entries(tokens)) {
            for (const certificate of ['mine', 'foreign', 'none']) {
              const response = await send(`${url}/${i}`, { token, headers: { 'x-certificate': certificate } });
              const message = JSON.stringify({ mode, effective, kind, certificate });
              if (passes(effective, kind, certificate)) assertPassed(response, message);
              else assertAnswer(response, ANSWERS.invalid, message);
            }
          }
        }
      });
    }
  });
}

test('validateAccessToken takes the same option for one call', async (t) => {
  const tenant = await tenantFor(t);
  const [plain, { certificate }] = await Promise.all([tenant.issue(), tenant.certificate()]);
  const bound = await tenant.issue({ boundTo: certificate });
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const rejects = (token, options, message) =>
    assert.rejects(client.validateAccessToken(token, options), { code: 'invalid_token', message });
  for (const validateCertificateBinding of REQUIRED) {
    await client.validateAccessToken(bound, { validateCertificateBinding, clientCertificate: certificate });
    await rejects(bound, { validateCertificateBinding }, 'Client certificate is not present');
    const missing = "Access token does not contain a 'cnf' (confirmation) claim for certificate binding";
    await rejects(plain, { validateCertificateBinding, clientCertificate: certificate }, missing);
  }
  await client.validateAccessToken(plain, { validateCertificateBinding: false });
  await rejects(bound, { validateCertificateBinding: false }, 'Client certificate is not present');
  await client.validateAccessToken(bound, { validateCertificateBinding: 'dangerously_ignore' });
});

/** The rule of RFC 8705 section 3 by mode. */
function passes(mode, kind, certificate) {
  if (mode === 'dangerously_ignore') return true;
  if (kind === 'plain') return mode === 'when_present';
  return kind === 'bound' && certificate === 'mine';
}

async function mutualTls(t) {
  const tenant = await tenantFor(t);
  const server = await tenant.serverCertificate();
  const [own, other] = await Promise.all([tenant.certificate(), tenant.selfSignedCertificate()]);
  const tls = {
    cert: server.certificate,
    key: server.key,
    ca: tenant.ca,
    requestCert: true,
    rejectUnauthorized: false,
  };
  return { tenant, tls, own, other };
}

function presenting({ ca }, { certificate, key }) {
  return { ca, cert: certificate, key };
}

async function tenantFor(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  return tenant;
}
