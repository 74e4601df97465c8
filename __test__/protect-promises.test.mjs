import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';
import { clientWithKeys, createSigner } from './support/jws.mjs';

const signer = await createSigner();
const token = await signer.sign();
const forged = await (await createSigner()).sign();

/** What promises of other libraries are: something with a `then`. */
function thenable(settle) {
  // oxlint-disable-next-line unicorn/no-thenable
  return { then: (resolve, reject) => queueMicrotask(() => settle(resolve, reject)) };
}

for (const { name, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: promises that are not the runtime's own`, () => {
    test('a replaced method may answer any of them', async (t) => {
      const client = clientWithKeys([signer.jwk]);
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      client.validateAccessToken = () => thenable((resolve) => resolve({ sub: 'somebody' }));
      assert.deepEqual(assertPassed(await send(url, { token })), { sub: 'somebody' });
      client.validateAccessToken = () => thenable((_, reject) => reject(new MonoCloudTokenError('detail')));
      assertAnswer(await send(url, { token }), ANSWERS.invalid);
    });

    test('the application may have put another class in the place of Promise', async (t) => {
      for (const signatureOffload of ['never', 'always']) {
        const client = clientWithKeys([signer.jwk], { signatureOffload });
        const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
        const { Promise: own } = globalThis;
        globalThis.Promise = class extends own {};
        try {
          assertAnswer(await send(url, { token: forged }), ANSWERS.invalid);
          for (let i = 0; i < 4; i += 1) assertPassed(await send(url, { token }));
          assertAnswer(await send(url, { token: forged }), ANSWERS.invalid);
        } finally {
          globalThis.Promise = own;
        }
      }
    });
  });
}
