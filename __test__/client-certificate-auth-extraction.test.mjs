import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import { allowCA } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { pemToCertificate } from '@monocloud/backend-node/client-certificate-auth/parsers';
import {
  extractClientCertificate,
  validateExtractorOptions,
} from '@monocloud/backend-node/client-certificate-auth/extractor';
import { extractClientCertificateFromRequest } from '@monocloud/backend-node/client-certificate-auth/fetch';
import { extractClientCertificateFromLambdaEvent } from '@monocloud/backend-node/client-certificate-auth/lambda';
import { authority, ENCODED, requestWith, socketWith } from './support/client-certificates.mjs';

const { certificate } = authority.issueClient({ commonName: 'svc-a' });
const { certificate: other } = authority.issueClient({ commonName: 'svc-b' });
const { certificate: expired } = authority.issueClient({ commonName: 'svc-a', expired: true });
const { certificate: early } = authority.issueClient({ commonName: 'svc-a', notYetValid: true });

function assertFound(result, cn = 'svc-a') {
  assert.deepEqual([result.success, result.certificate?.subject.CN, result.reason], [true, cn, null]);
}

function assertNone(result, reason) {
  assert.deepEqual(result, { success: false, certificate: null, reason });
}

describe('of a request', () => {
  test('from its socket, without options', () => {
    assertFound(extractClientCertificate(requestWith({}, socketWith(certificate))));
    assertNone(extractClientCertificate(requestWith()), 'socket_not_authorized');
    const lost = requestWith({}, { authorized: true, getPeerCertificate: () => ({}) });
    assertNone(extractClientCertificate(lost, {}), 'certificate_not_retrievable');
    assertNone(extractClientCertificate(requestWith({}, socketWith(expired)), {}), 'certificate_expired');
    assert.equal(validateExtractorOptions({ includeChain: true }), undefined);
  });

  test('from a header', () => {
    const options = {
      certificateSource: 'caddy',
      verifyHeader: 'x-verify',
      verifyValue: 'yes',
      fallbackToSocket: true,
    };
    const headers = { 'X-Client-Cert': ENCODED['base64-der'](certificate), 'X-Verify': 'yes' };
    assertFound(extractClientCertificate(requestWith(headers), options));
    const socket = socketWith(other);
    assertFound(extractClientCertificate(requestWith({ 'X-Verify': 'yes' }, socket), options), 'svc-b');
    const mismatch = requestWith({ ...headers, 'X-Verify': 'no' }, socket);
    assertNone(extractClientCertificate(mismatch, options), 'verification_header_mismatch');
    const request = requestWith({ ...headers, 'X-Client-Cert': 'svc-a' });
    assertNone(extractClientCertificate(request, { certificateSource: 'caddy' }), 'header_missing_or_malformed');
  });
});

test('operators are told why a certificate does not count', (t) => {
  const reasons = [];
  const listener = ({ reason }) => reasons.push(reason);
  subscribe('monocloud:backend:certificate', listener);
  t.after(() => unsubscribe('monocloud:backend:certificate', listener));
  const options = { certificateSource: 'caddy', trustedProxies: ['loopback'], fallbackToSocket: true };
  const value = ENCODED['base64-der'](certificate);
  for (const [headers, socket] of [
    [{}, { authorized: true, getPeerCertificate: () => ({}) }],
    [{ 'X-Client-Cert': 'svc-a' }, {}],
    [{ 'X-Client-Cert': value }, { remoteAddress: '10.0.0.1' }],
    [{ 'X-Client-Cert': ENCODED['base64-der'](expired) }, {}],
    [{ 'X-Client-Cert': value }, {}],
  ]) {
    extractClientCertificate(requestWith(headers, socket), options);
  }
  allowCA(authority.certificate)(pemToCertificate(expired));
  assert.deepEqual(reasons, [
    'certificate_not_retrievable',
    'header_malformed',
    'socket_not_authorized',
    'untrusted_peer',
    'socket_not_authorized',
    'certificate_expired',
    'certificate_expired',
  ]);
});

describe('options that are given at every call', () => {
  const headers = { 'X-Client-Cert': ENCODED['base64-der'](certificate) };

  test('count as they are at that call', () => {
    const options = { certificateSource: 'caddy' };
    assertFound(extractClientCertificate(requestWith(headers), options));
    options.trustedProxies = ['10.0.0.0/8'];
    assertNone(extractClientCertificate(requestWith(headers), options), 'header_missing_or_malformed');
    options.trustedProxies = [5];
    assert.throws(() => extractClientCertificate(requestWith(headers), options), /trustedProxies/);
  });

  test('may be inherited', () => {
    const options = Object.create({ certificateSource: 'caddy' });
    assertFound(extractClientCertificate(requestWith(headers), options));
    const strict = Object.assign(Object.create({ trustedProxies: ['10.0.0.0/8'] }), { certificateSource: 'caddy' });
    assertNone(extractClientCertificate(requestWith(headers), strict), 'header_missing_or_malformed');
    assertNone(extractClientCertificateFromRequest({ headers: [] }, strict), 'header_missing_or_malformed');
    const fetched = { headers: Object.entries(headers) };
    assertFound(extractClientCertificateFromRequest(fetched, Object.freeze(Object.create(options))));
    assertFound(extractClientCertificate(requestWith(headers), { certificateSource: 'caddy' }));
  });

  test('of different sorts are different', () => {
    assertNone(extractClientCertificate(requestWith(headers), { clockTolerance: undefined }), 'socket_not_authorized');
    for (const clockTolerance of [NaN, null, '0', {}]) {
      assert.throws(() => extractClientCertificate(requestWith(headers), { clockTolerance }), /clockTolerance/);
    }
    assert.throws(() => validateExtractorOptions({ certificateHeader: () => 'x-cert' }), /non-empty string/);
  });
});

describe('of a request of the Fetch API', () => {
  const options = { certificateSource: 'caddy' };
  const value = ENCODED['base64-der'](certificate);
  const extract = (headers, more) => extractClientCertificateFromRequest({ headers }, { ...options, ...more });

  test('from its headers, whichever iterable they are', () => {
    const request = new Request('http://127.0.0.1/', { headers: { 'X-Client-Cert': value } });
    assertFound(extractClientCertificateFromRequest(request, options));
    for (const headers of [new Headers({ 'x-client-cert': value }), new Map([['X-CLIENT-CERT', value]])]) {
      assertFound(extract(headers));
    }
    assertNone(extract([]), 'header_missing_or_malformed');
  });

  test('a header that comes twice, or headers that cannot be read, do not count', () => {
    const twice = [
      ['X-Client-Cert', value],
      ['x-client-cert', value],
    ];
    assertNone(extract(twice), 'header_missing_or_malformed');
    assertNone(extract(new Headers(twice)), 'header_missing_or_malformed');
    for (const headers of [null, undefined, 5, [null], [[5, value]]]) {
      assertNone(extract(headers), 'header_missing_or_malformed');
    }
    assertNone(extract([['__proto__', value]]), 'header_missing_or_malformed');
  });

  test('there is no socket, and no peer to trust', () => {
    assertNone(extract([], { fallbackToSocket: true }), 'header_missing_or_malformed');
    const request = { headers: [], socket: socketWith(certificate) };
    const withSocket = extractClientCertificateFromRequest(request, { ...options, fallbackToSocket: true });
    assertNone(withSocket, 'header_missing_or_malformed');
    assertNone(extract([['x-client-cert', value]], { trustedProxies: ['loopback'] }), 'header_missing_or_malformed');
  });
});

describe('of an event of API Gateway', () => {
  const v2 = (clientCert) => ({ requestContext: { authentication: { clientCert } } });
  const v1 = (clientCert) => ({ requestContext: { identity: { clientCert } } });

  test('in either format', () => {
    for (const event of [v1({ clientCertPem: certificate }), v2({ clientCertPem: certificate })]) {
      assertFound(extractClientCertificateFromLambdaEvent(event));
    }
    const both = {
      requestContext: {
        ...v1({ clientCertPem: other }).requestContext,
        ...v2({ clientCertPem: certificate }).requestContext,
      },
    };
    assertFound(extractClientCertificateFromLambdaEvent(both));
  });

  test('that has none', () => {
    const events = [null, undefined, {}, { requestContext: null }, { requestContext: {} }, v1(null), v2(undefined)];
    for (const event of [...events, v2({}), v1({ clientCertPem: '' }), v2({ clientCertPem: null })]) {
      assertNone(extractClientCertificateFromLambdaEvent(event), 'lambda_event_missing_clientcert');
    }
  });

  test('that is malformed', () => {
    for (const clientCertPem of ['svc-a', 5, {}, certificate.slice(0, -30), `x${certificate}`]) {
      assertNone(extractClientCertificateFromLambdaEvent(v2({ clientCertPem })), 'lambda_event_clientcert_malformed');
    }
  });

  test('out of its dates', () => {
    const event = v2({ clientCertPem: expired });
    assertNone(extractClientCertificateFromLambdaEvent(event), 'certificate_expired');
    assertNone(extractClientCertificateFromLambdaEvent(v1({ clientCertPem: early })), 'certificate_not_yet_valid');
    assertFound(extractClientCertificateFromLambdaEvent(event, { checkValidity: false }));
    assertFound(extractClientCertificateFromLambdaEvent(event, { clockTolerance: 2 * 86_400 }));
  });
});
