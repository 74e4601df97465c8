import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { assertRefused, pass } from './support/client-certificate-middleware.mjs';
import { authority, ENCODED, requestWith, socketWith } from './support/client-certificates.mjs';

const { certificate } = authority.issueClient({ commonName: 'svc-a' });
const { certificate: expired } = authority.issueClient({ commonName: 'svc-a', expired: true });
const { certificate: early } = authority.issueClient({ commonName: 'svc-a', notYetValid: true });
const nginx = { certificateHeader: 'X-Client-Cert', headerEncoding: 'url-pem' };
const verified = { ...nginx, verifyHeader: 'X-Verify', verifyValue: 'SUCCESS' };
const header = (pem) => ({ 'X-Client-Cert': ENCODED['url-pem'](pem) });

const malformed = 'Unauthorized: Client certificate header missing or malformed';
const mismatch = 'Unauthorized: Certificate verification failed';
const required = 'Unauthorized: Client certificate required';
const lost = 'Client certificate was authenticated but certificate information could not be retrieved.';

async function assertPasses(options, request) {
  const { calls, hooks } = await pass(options, request);
  assert.deepEqual(calls, [[]]);
  assert.deepEqual(hooks, [['passed', 'svc-a', true]]);
  assert.equal(request.clientCertificate.subject.CN, 'svc-a');
}

describe('the certificate of the TLS socket', () => {
  const refused = (socket, status, message, reason) =>
    assertRefused({}, requestWith({}, socket), status, message, reason);

  test('passes when the server authorised it', () => assertPasses({}, requestWith({}, socketWith(certificate))));

  test('does not count otherwise', async () => {
    for (const authorized of [false, undefined, 'true', 1]) {
      await refused({ ...socketWith(certificate), authorized }, 401, required, 'socket_not_authorized');
    }
    await refused(undefined, 401, required, 'socket_not_authorized');
    await assertRefused({}, { headers: {} }, 401, required, 'socket_not_authorized');
  });

  test('must be there', async () => {
    for (const getPeerCertificate of [() => ({}), () => null, () => undefined, undefined]) {
      await refused({ authorized: true, getPeerCertificate }, 500, lost, 'certificate_not_retrievable');
    }
  });

  test('a socket that throws has none', async () => {
    const throwing = () => {
      throw new Error('gone');
    };
    await refused({ authorized: true, getPeerCertificate: throwing }, 500, lost, 'certificate_not_retrievable');
    const socket = Object.defineProperty({}, 'authorized', { get: throwing });
    await assertRefused({}, { headers: {}, socket }, 401, required, 'socket_not_authorized');
  });

  test('is asked for its issuers only with includeChain', async () => {
    for (const includeChain of [true, false, undefined]) {
      const getPeerCertificate = mock.fn(socketWith(certificate).getPeerCertificate);
      await assertPasses({ includeChain }, requestWith({}, { authorized: true, getPeerCertificate }));
      assert.deepEqual(getPeerCertificate.mock.calls[0].arguments, [includeChain === true]);
    }
  });

  test('must be within its dates', async () => {
    await refused(socketWith(expired), 401, 'Unauthorized', 'certificate_expired');
    await refused(socketWith(early), 401, 'Unauthorized', 'certificate_not_yet_valid');
    await assertPasses({ checkValidity: false }, requestWith({}, socketWith(expired)));
    await assertPasses({ clockTolerance: 2 * 86_400 }, requestWith({}, socketWith(expired)));
    for (const dates of [{ valid_to: 'Bad time value' }, { valid_from: 'Bad time value' }, { valid_to: 0 }]) {
      const getPeerCertificate = () => ({ ...socketWith(certificate).getPeerCertificate(), ...dates });
      await refused({ authorized: true, getPeerCertificate }, 401, 'Unauthorized', 'certificate_not_yet_valid');
    }
  });
});

describe('the certificate of a header', () => {
  test('passes, whichever way its name is written', async () => {
    await assertPasses(nginx, requestWith(header(certificate)));
    await assertPasses(nginx, { headers: { 'x-client-cert': ENCODED['url-pem'](certificate) } });
  });

  test('is missing or malformed', async () => {
    for (const value of ['', '(null)', 'svc-a', '-----BEGIN CERTIFICATE-----']) {
      const request = requestWith({ 'X-Client-Cert': value });
      await assertRefused(nginx, request, 401, malformed, 'header_missing_or_malformed');
    }
    await assertRefused(nginx, requestWith(), 401, malformed, 'header_missing_or_malformed');
  });

  test('does not count when it comes twice, or in headers that cannot be read', async () => {
    const line = ENCODED['url-pem'](certificate);
    const twice = requestWith({ 'X-Client-Cert': [line, line] });
    await assertRefused(nginx, twice, 401, malformed, 'header_missing_or_malformed');
    // What a middleware has read into one value is still two lines.
    const kept = { ...twice, headers: { 'x-client-cert': line } };
    await assertRefused(nginx, kept, 401, malformed, 'header_missing_or_malformed');
    const byHand = { headers: { 'x-client-cert': line, 'X-Client-Cert': line } };
    await assertRefused(nginx, byHand, 401, malformed, 'header_missing_or_malformed');
    const unreadable = {
      get headers() {
        throw new Error('gone');
      },
    };
    for (const options of [nginx, verified]) {
      await assertRefused(options, unreadable, 401, malformed, 'header_missing_or_malformed');
    }
  });

  test('is absent when a middleware has removed it', async () => {
    const request = { ...requestWith(header(certificate)), headers: {} };
    await assertRefused(nginx, request, 401, malformed, 'header_missing_or_malformed');
  });

  test('must be within its dates', async () => {
    await assertRefused(nginx, requestWith(header(expired)), 401, 'Unauthorized', 'certificate_expired');
    await assertRefused(nginx, requestWith(header(early)), 401, 'Unauthorized', 'certificate_not_yet_valid');
    await assertPasses({ ...nginx, checkValidity: false }, requestWith(header(expired)));
  });

  test('counts from trusted proxies only', async () => {
    const options = { ...nginx, trustedProxies: ['10.0.0.0/8'] };
    await assertPasses(options, requestWith(header(certificate), { remoteAddress: '10.1.2.3' }));
    for (const remoteAddress of ['127.0.0.1', undefined]) {
      const request = requestWith(header(certificate), { remoteAddress });
      await assertRefused(options, request, 401, malformed, 'header_missing_or_malformed');
    }
  });

  test('is a new object for every request, without issuers unless they are asked for', async () => {
    const bundle = header(certificate + authority.certificate);
    const requests = [requestWith(bundle), requestWith(bundle)];
    for (const request of requests) await assertPasses(nginx, request);
    const [first, second] = requests.map((request) => request.clientCertificate);
    assert.deepEqual(first, second);
    assert.notEqual(first, second);
    first.subject.CN = 'admin';
    assert.equal(second.subject.CN, 'svc-a');
    assert.equal('issuerCertificate' in second, false);
    const chain = requestWith(bundle);
    await assertPasses({ ...nginx, includeChain: true }, chain);
    assert.equal(chain.clientCertificate.issuerCertificate.subject.CN, 'Test tenant CA');
    assert.equal('issuerCertificate' in chain.clientCertificate.issuerCertificate, false);
  });
});

describe('the header that says it was verified', () => {
  test('must say exactly that, once', async () => {
    await assertPasses(verified, requestWith({ ...header(certificate), 'X-Verify': 'SUCCESS' }));
    for (const value of ['success', 'SUCCESS ', 'NONE', '', ['SUCCESS', 'SUCCESS']]) {
      const request = requestWith({ ...header(certificate), 'X-Verify': value });
      await assertRefused(verified, request, 401, mismatch, 'verification_header_mismatch');
    }
  });

  test('is looked at before the certificate', () =>
    assertRefused(verified, requestWith(), 401, mismatch, 'verification_header_mismatch'));
});

describe('falling back to the socket', () => {
  const options = { ...verified, fallbackToSocket: true };
  const socket = socketWith(certificate);

  test('happens when the header has no certificate', async () => {
    await assertPasses(options, requestWith({ 'X-Verify': 'SUCCESS' }, socket));
    await assertPasses(options, requestWith({ 'X-Verify': 'SUCCESS', 'X-Client-Cert': 'svc-a' }, socket));
    const request = requestWith({ 'X-Verify': 'SUCCESS' });
    await assertRefused(options, request, 401, required, 'socket_not_authorized');
  });

  test('happens only when it was asked for', () =>
    assertRefused(nginx, requestWith({}, socket), 401, malformed, 'header_missing_or_malformed'));

  test('never happens when the verification fails', () =>
    assertRefused(options, requestWith({ 'X-Verify': 'NONE' }, socket), 401, mismatch, 'verification_header_mismatch'));
});
