import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
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

/** Passes a request through the middleware: what `next` got, and what the hooks were told. */
async function pass(options, request, callback = () => true) {
  const seen = { calls: [], hooks: [] };
  const middleware = clientCertificateAuth(callback, {
    onAuthenticated: (cert, req) => seen.hooks.push(['passed', cert?.subject.CN, req === request]),
    onRejected: (cert, req, reason) => seen.hooks.push([reason, cert?.subject.CN ?? cert, req === request]),
    ...options,
  });
  await middleware(request, {}, (...args) => seen.calls.push(args));
  await new Promise(setImmediate);
  return seen;
}

async function assertRefused(options, request, status, message, reason, callback) {
  const { calls, hooks } = await pass(options, request, callback);
  assert.equal(calls.length, 1);
  const [error] = calls[0];
  assert.ok(error instanceof Error);
  assert.deepEqual([error.status, error.message], [status, message]);
  const cn = ['callback_returned_false'].includes(reason) || callback ? 'svc-a' : null;
  assert.deepEqual(hooks, [[reason, cn, true]]);
}

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

describe('the answer of the callback', () => {
  const request = () => requestWith({}, socketWith(certificate));

  test('it gets the certificate and the request', async () => {
    const callback = mock.fn(() => true);
    const asked = request();
    await pass({}, asked, callback);
    assert.deepEqual(callback.mock.calls[0].arguments, [asked.clientCertificate, asked]);
  });

  for (const answer of [false, 'true', 1, {}, undefined, null, Promise.resolve('true'), Promise.resolve(1)]) {
    test(`${answer instanceof Promise ? 'a promise of a truthy value' : JSON.stringify(answer)} does not pass`, () =>
      assertRefused({}, request(), 401, 'Unauthorized', 'callback_returned_false', () => answer));
  }

  test('a promise or another thenable of true passes', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    const thenable = { then: (resolve) => resolve(Promise.resolve(true)) };
    for (const answer of [Promise.resolve(true), thenable]) {
      const { calls } = await pass({}, request(), () => answer);
      assert.deepEqual(calls, [[]]);
    }
  });

  test('next is called at once when the answer is no promise', () => {
    const next = mock.fn();
    assert.equal(clientCertificateAuth(() => true)(request(), {}, next), undefined);
    assert.equal(next.mock.callCount(), 1);
  });
});

describe('what the callback throws', () => {
  const request = () => requestWith({}, socketWith(certificate));
  const ways = {
    thrown: (value) => () => {
      throw value;
    },
    rejected: (value) => async () => {
      throw value;
    },
    'thrown by a thenable': (value) => () => ({
      // oxlint-disable-next-line unicorn/no-thenable -- what is tested
      get then() {
        throw value;
      },
    }),
  };

  for (const [way, callback] of Object.entries(ways)) {
    test(`an error ${way} keeps its status, or is unauthorised`, async () => {
      const forbidden = Object.assign(new Error('Not you'), { status: 403 });
      const plain = new Error('database is down');
      for (const [error, status] of [
        [forbidden, 403],
        [plain, 401],
      ]) {
        const { calls, hooks } = await pass({}, request(), callback(error));
        assert.deepEqual(calls, [[error]]);
        assert.equal(error.status, status);
        assert.deepEqual(hooks, [[error.message, 'svc-a', true]]);
      }
    });

    for (const [value, message, reason] of [
      ['route', 'route', 'route'],
      [undefined, 'Unauthorized', 'callback_threw'],
      [null, 'Unauthorized', 'callback_threw'],
      [0, '0', '0'],
      ['', 'Unauthorized', 'callback_threw'],
      [Symbol('s'), 'Symbol(s)', 'Symbol(s)'],
    ]) {
      test(`${String(value) || "''"} ${way} is wrapped in an error`, async () => {
        const { calls, hooks } = await pass({}, request(), callback(value));
        const [[error]] = calls;
        assert.ok(error instanceof Error);
        assert.deepEqual([error.status, error.message, error.cause], [401, message, value]);
        assert.deepEqual(hooks, [[reason, 'svc-a', true]]);
      });
    }

    for (const [name, error, status] of [
      ['frozen', Object.freeze(new Error('cold')), 401],
      ['frozen, with a status,', Object.freeze(Object.assign(new Error('cold'), { status: 503 })), 503],
      ['without a setter', Object.defineProperty(new Error('cold'), 'status', { get: () => undefined }), 401],
    ]) {
      test(`an error ${name} ${way} reaches next with a status`, async () => {
        const { calls } = await pass({}, request(), callback(error));
        const [[passed]] = calls;
        assert.deepEqual([passed.status, passed.message], [status, 'cold']);
        assert.ok(passed === error || passed.cause === error);
      });
    }
  }

  test('an error without a message is the reason callback_threw', async () => {
    const { hooks } = await pass({}, request(), ways.thrown(new Error('')));
    assert.deepEqual(hooks, [['callback_threw', 'svc-a', true]]);
  });
});

describe('next', () => {
  for (const [name, callback] of [
    ['at once', () => true],
    ['later', async () => true],
    ['to refuse', () => false],
    ['to refuse later', async () => false],
  ]) {
    test(`is called once, ${name}, even if what comes after throws`, async () => {
      const downstream = new Error('downstream');
      const next = mock.fn(() => {
        throw downstream;
      });
      const run = async () => clientCertificateAuth(callback)(requestWith({}, socketWith(certificate)), {}, next);
      await assert.rejects(run, downstream);
      assert.equal(next.mock.callCount(), 1);
    });
  }
});

describe('a hook', () => {
  const rejecting = [
    () => {
      throw new Error('hook');
    },
    async () => {
      throw new Error('hook');
    },
  ];

  for (const hook of rejecting) {
    test('that fails is printed, and the request goes on', async (t) => {
      const printed = t.mock.method(console, 'error', () => {});
      const passed = await pass({ onAuthenticated: hook }, requestWith({}, socketWith(certificate)));
      assert.deepEqual(passed.calls, [[]]);
      const refused = await pass({ onRejected: hook }, requestWith());
      assert.equal(refused.calls[0][0].status, 401);
      const texts = printed.mock.calls.map(({ arguments: [text, error] }) => [text, error.message]);
      assert.deepEqual(texts, Array(2).fill(['client-certificate-auth: hook error:', 'hook']));
    });
  }

  test('runs after next', async () => {
    const order = [];
    const options = { onAuthenticated: () => order.push('hook') };
    clientCertificateAuth(() => true, options)(requestWith({}, socketWith(certificate)), {}, () => order.push('next'));
    assert.deepEqual(order, ['next']);
    await Promise.resolve();
    assert.deepEqual(order, ['next', 'hook']);
  });
});
