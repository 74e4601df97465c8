import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import presented from '../dist/certificate/presented.js';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { CURRENT_FRAMEWORKS } from './support/frameworks.mjs';

const { makeResolver, PresentedCertificate, resolveCertificate } = presented;
const { createTestTenant } = testing;

/** A certificate that counts how often its text is asked for; `pem` is none, so that only the thumbprint can bind. */
function counting(thumbprint, pem = 'no certificate') {
  const counter = { pem: 0 };
  const certificate = new PresentedCertificate({
    thumbprint,
    get pem() {
      counter.pem += 1;
      return pem;
    },
  });
  return { counter, certificate };
}

async function setUp(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const { certificate: pem } = await tenant.certificate();
  const [jwt, opaque] = await Promise.all([
    tenant.issue({ boundTo: pem }),
    tenant.issue({ boundTo: pem, opaque: true }),
  ]);
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  const thumbprint = (await client.validateAccessToken(jwt, { clientCertificate: pem })).cnf['x5t#S256'];
  return { tenant, client, pem, thumbprint, jwt, opaque };
}

for (const { name, protectApi, listen } of CURRENT_FRAMEWORKS) {
  test(`${name}: what our own resolver has read reaches the core without its text`, async (t) => {
    const { client, thumbprint, jwt, opaque } = await setUp(t);
    const right = counting(thumbprint);
    const wrong = counting('a'.repeat(43));
    const found = { right: right.certificate, wrong: wrong.certificate };
    const certificateResolver = makeResolver(({ headers }) => found[headers['x-certificate']]);
    const guard = protectApi(client, { certificateResolver })({ validateCertificateBinding: true });
    const url = await listen(t, [{ path: '/', guard }]);
    for (const token of [jwt, opaque, jwt]) {
      assertPassed(await send(url, { token, headers: { 'x-certificate': 'right' } }));
      assertAnswer(await send(url, { token, headers: { 'x-certificate': 'wrong' } }), ANSWERS.invalid);
      assertAnswer(await send(url, { token }), ANSWERS.invalid);
    }
    assert.deepEqual([right.counter.pem, wrong.counter.pem], [0, 0]);
  });

  test(`${name}: methods of the application get the text`, async (t) => {
    const { tenant, pem, thumbprint, jwt, opaque } = await setUp(t);
    const methods = {
      validateAccessToken: (_token, options) => options.clientCertificate,
      validateJwtAccessToken: (_token, options) => options.clientCertificate,
      validateCertificateBinding: (_claims, _mode, clientCertificate) => clientCertificate,
    };
    for (const [method, textIn] of Object.entries(methods)) {
      for (const subclassed of [true, false]) {
        const seen = [];
        const spy = (own) =>
          async function (...args) {
            seen.push(textIn(...args));
            return own.apply(this, args);
          };
        const Client = class extends MonoCloudBackendNodeClient {};
        const target = subclassed ? Client.prototype : undefined;
        if (target) target[method] = spy(MonoCloudBackendNodeClient.prototype[method]);
        const client = new Client(tenant.clientOptions);
        if (!target) client[method] = spy(client[method]);
        const certificateResolver = makeResolver(() => counting(thumbprint, pem).certificate);
        const guard = protectApi(client, { certificateResolver })({ validateCertificateBinding: true });
        const url = await listen(t, [{ path: '/', guard }]);
        const tokens = method === 'validateJwtAccessToken' ? [jwt] : [jwt, opaque];
        for (const token of tokens) assertPassed(await send(url, { token }));
        // What introspection answers is checked without the caller's certificate before it is cached.
        const texts = seen.filter((text) => text !== undefined);
        assert.deepEqual([...new Set(texts)], [pem], method);
      }
    }
  });
}

test('whoever calls the resolver gets PEM; a wrapper of it is not ours', () => {
  const { certificate } = counting('t', 'PEM');
  const resolver = makeResolver(() => certificate);
  assert.equal(resolver({}), 'PEM');
  assert.equal(resolveCertificate(resolver, {}), certificate);
  const wrappers = [(request) => resolver(request), resolver.bind(null), new Proxy(resolver, {})];
  for (const wrapper of wrappers) {
    assert.equal(resolveCertificate(Object.assign(wrapper, resolver), {}), 'PEM');
  }
  assert.equal(makeResolver(() => undefined)({}), undefined);
});
