import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import {
  extractClientCertificate,
  validateExtractorOptions,
} from '@monocloud/backend-node/client-certificate-auth/extractor';
import { extractClientCertificateFromRequest } from '@monocloud/backend-node/client-certificate-auth/fetch';
import { getCertificateFromHeaders, PRESETS } from '@monocloud/backend-node/client-certificate-auth/parsers';
import { clientCertificateAuth as clientCertificateHook } from '@monocloud/backend-node/fastify';
import { requestWith } from './support/client-certificates.mjs';

const names = Object.keys(PRESETS).join(', ');
const both = 'verifyHeader and verifyValue must both be provided together, or both omitted';
const unaccompanied = {
  chain:
    'chainHeader requires certificateSource or certificateHeader (chain header must accompany a leaf header configuration)',
  verify:
    'verifyHeader requires certificateSource or certificateHeader (verification applies to header-based extraction only)',
};

const wrong = [
  [null, 'options must be an object', TypeError],
  [[], 'options must be an object', TypeError],
  ['envoy', 'options must be an object', TypeError],
  ...['certificateHeader', 'chainHeader', 'verifyHeader', 'verifyValue'].flatMap((name) =>
    ['', 5, null].map((value) => [{ [name]: value }, `${name} must be a non-empty string`]),
  ),
  ...['fallbackToSocket', 'includeChain'].flatMap((name) =>
    ['true', 1, null].map((value) => [{ [name]: value }, `${name} must be a boolean`]),
  ),
  [{ certificateSource: 'envoy', verifyHeader: 'x-verify' }, both],
  [{ certificateSource: 'envoy', verifyValue: 'SUCCESS' }, both],
  ...['haproxy2', 'toString', '__proto__', ''].map((value) => [
    { certificateSource: value },
    `unknown certificateSource '${value}'. Valid values: ${names}`,
  ]),
  [
    { certificateHeader: 'x-cert', headerEncoding: 'pem' },
    "unknown headerEncoding 'pem'. Valid values: url-pem, url-pem-aws, xfcc, base64-der, rfc9440",
  ],
  [
    { certificateHeader: 'x-cert' },
    'certificateHeader requires headerEncoding (or a certificateSource preset that supplies one)',
  ],
  [{ chainHeader: 'x-chain' }, unaccompanied.chain],
  [{ verifyHeader: 'x-verify', verifyValue: 'SUCCESS' }, unaccompanied.verify],
  [{ certificateSource: 'envoy', xfccElement: 'middle' }, "xfccElement must be 'first' or 'last'"],
  [
    { certificateSource: 'envoy', chainHeader: 'x chain' },
    "chainHeader must be the name of a header, which 'x chain' is not",
  ],
  [{ checkValidity: 'no' }, 'checkValidity must be a boolean'],
];

for (const [options, message, errorClass = Error] of wrong) {
  test(`${JSON.stringify(options)} is refused at construction: ${message}`, () => {
    const expected = (error) =>
      error.constructor === errorClass && error.message === `client-certificate-auth: ${message}`;
    assert.throws(() => clientCertificateAuth(() => true, options), expected);
    assert.throws(() => clientCertificateHook(() => true, options), expected);
    assert.throws(() => validateExtractorOptions(options), expected);
    assert.throws(() => extractClientCertificate(requestWith(), options), expected);
    if (!Object.hasOwn(options ?? {}, 'fallbackToSocket')) {
      assert.throws(() => extractClientCertificateFromRequest({ headers: [] }, options), expected);
    }
  });
}

for (const callback of [undefined, null, 'svc-a', { CN: 'svc-a' }]) {
  test(`${JSON.stringify(callback)} is no callback`, () => {
    const expected = { name: 'TypeError', message: 'client-certificate-auth: callback must be a function' };
    assert.throws(() => clientCertificateAuth(callback), expected);
    assert.throws(() => clientCertificateHook(callback), expected);
  });
}

describe('hooks', () => {
  for (const name of ['onAuthenticated', 'onRejected']) {
    test(`${name} is a function`, () => {
      const expected = { message: `client-certificate-auth: ${name} must be a function` };
      for (const value of [null, 'log', {}]) {
        assert.throws(() => clientCertificateAuth(() => true, { [name]: value }), expected);
      }
    });
  }
});

test('what is undefined was not given', () => {
  const options = {
    certificateSource: undefined,
    chainHeader: undefined,
    verifyHeader: undefined,
    verifyValue: undefined,
    fallbackToSocket: undefined,
    onRejected: undefined,
  };
  assert.equal(typeof clientCertificateAuth(() => true, options), 'function');
  validateExtractorOptions(undefined);
});

test('a request without a socket needs options that name a header', () => {
  const expected = { name: 'TypeError', message: 'client-certificate-auth: options must be an object' };
  assert.throws(() => extractClientCertificateFromRequest({ headers: [] }), expected);
  assert.throws(() => getCertificateFromHeaders({}), expected);
});

test('the published presets have the headers of their proxies', () => {
  assert.ok(Object.isFrozen(PRESETS) && Object.values(PRESETS).every(Object.isFrozen));
  const published = {
    'aws-alb': { header: 'x-amzn-mtls-clientcert', encoding: 'url-pem-aws' },
    'aws-alb-verify': { header: 'x-amzn-mtls-clientcert-leaf', encoding: 'url-pem-aws' },
    'azure-app-service': { header: 'x-arr-clientcert', encoding: 'base64-der' },
    cloudflare: { header: 'cf-client-cert-der-base64', encoding: 'base64-der' },
    'cloudflare-rfc9440': { header: 'client-cert', encoding: 'rfc9440', chainHeader: 'client-cert-chain' },
    envoy: { header: 'x-forwarded-client-cert', encoding: 'xfcc' },
    traefik: { header: 'x-forwarded-tls-client-cert', encoding: 'base64-der', chainInLeafHeader: true },
  };
  for (const [name, preset] of Object.entries(published)) assert.deepEqual(PRESETS[name], preset, name);
});
