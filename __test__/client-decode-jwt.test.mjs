import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused } from './support/thrown.mjs';

const encode = (text) => Buffer.from(text).toString('base64url');
const NO_PAYLOAD = 'JWT does not contain payload';
const NO_OBJECT = 'Payload is not an object';
const MALFORMED = 'Could not parse payload. Malformed payload';

describe('decodeJwt', () => {
  it('is static on every class', () => {
    assert.equal(MonoCloudBackendNodeClient.decodeJwt, MonoCloudOidcBackendClient.decodeJwt);
  });

  it('reads the claims and checks nothing', async () => {
    const { decodeJwt } = MonoCloudBackendNodeClient;
    assert.equal(decodeJwt(await soundJwt({ exp: 1, name: 'Zoë' })).name, 'Zoë');
    assert.deepEqual(decodeJwt(`.${encode('{"a":1}')}`), { a: 1 });
    assert.deepEqual(decodeJwt(`%%.${encode('{"a":1}')}.%%.more`), { a: 1 });
    assert.deepEqual(decodeJwt(`x.${encode('{}')}`), {});
  });

  const rows = [
    ['', NO_PAYLOAD],
    ['opaque', NO_PAYLOAD],
    ['a..c', NO_PAYLOAD],
    [`a.${encode('[1]')}.c`, NO_OBJECT],
    [`a.${encode('5')}.c`, NO_OBJECT],
    [`a.${encode('null')}.c`, NO_OBJECT],
    [`a.${encode(' {}')}.c`, NO_OBJECT],
    [`a.${encode('{')}.c`, MALFORMED],
    [`a.${encode('{} x')}.c`, MALFORMED],
    ['a.%%.c', MALFORMED],
    [`a.${Buffer.from('{"a":"\xff"}', 'latin1').toString('base64url')}.c`, MALFORMED],
    [null, MALFORMED],
    [undefined, MALFORMED],
    [5, MALFORMED],
  ];
  for (const [jwt, message] of rows) {
    it(`${JSON.stringify(jwt)}: ${message}`, () =>
      assertRefused(() => MonoCloudBackendNodeClient.decodeJwt(jwt), message));
  }
});
