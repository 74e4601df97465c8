import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import { assertRefused, pass } from './support/client-certificate-middleware.mjs';
import { authority, requestWith, socketWith } from './support/client-certificates.mjs';

const { certificate } = authority.issueClient({ commonName: 'svc-a' });

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
