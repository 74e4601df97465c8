import assert from 'node:assert/strict';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { ANSWERS, assertAnswer, send } from './answers.mjs';
import { CURRENT_FRAMEWORKS } from './frameworks.mjs';

/** One API per framework family, guarded by this client; resolves to their URLs. */
export async function guardedApis(t, client, resolvers) {
  return Promise.all(
    CURRENT_FRAMEWORKS.map(({ listen, protectApi }) =>
      listen(t, [{ path: '/', guard: protectApi(client, resolvers)() }]),
    ),
  );
}

/** The token is refused as invalid by the client and by every API, in the same way each time. */
export async function assertRefused(client, urls, token, expected, message) {
  // The second call meets whatever the first one left behind.
  for (let i = 0; i < 2; i += 1) {
    await assert.rejects(client.validateAccessToken(token), (error) => {
      assert.ok(error instanceof MonoCloudTokenError, `${message}: ${error?.constructor?.name} ${error?.message}`);
      assert.deepEqual({ code: error.code, ...pick(error, expected) }, { code: 'invalid_token', ...expected }, message);
      return true;
    });
  }
  for (const url of urls) assertAnswer(await send(url, { token }), ANSWERS.invalid, message);
}

function pick(object, names) {
  return Object.fromEntries(Object.keys(names).map((name) => [name, object[name]]));
}
