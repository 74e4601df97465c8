import assert from 'node:assert/strict';
import * as sdk from '@monocloud/backend-node';

/** What `work` throws, or what its promise rejects with. */
export async function thrownBy(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

/** Asserts the very class, the message and, for token errors, the code. */
export async function assertThrows(work, className, message, code) {
  const error = await thrownBy(work);
  assert.equal(error.constructor, sdk[className], error.stack);
  if (message instanceof RegExp) assert.match(error.message, message);
  else assert.equal(error.message, message);
  if (className === 'MonoCloudTokenError') assert.equal(error.code, code ?? 'invalid_token');
  return error;
}

/** Asserts a refusal of the token. */
export function assertRefused(work, message, code) {
  return assertThrows(work, 'MonoCloudTokenError', message, code);
}
