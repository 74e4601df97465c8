import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import * as internal from '@monocloud/backend-node/internal';

/** One row per call: arguments and answer. */
const tables = {
  encodeBase64: [
    [[''], ''],
    [['f'], 'Zg=='],
    [['fo'], 'Zm8='],
    [['ü?>'], 'w7w/Pg=='],
  ],
  encodeBase64Url: [
    [[''], ''],
    [['f'], 'Zg'],
    [['ü?>'], 'w7w_Pg'],
    [[new Uint8Array([251, 255])], '-_8'],
  ],
  arrayBufferToBase64: [
    [[new Uint8Array([251, 255]).buffer], '-_8'],
    [[new Uint8Array([0, 251, 255, 0]).subarray(1, 3)], '-_8'],
    [[new ArrayBuffer(0)], ''],
  ],
  decodeBase64Url: [
    [[''], ''],
    [['Zg'], 'f'],
    [['Zg=='], 'f'],
    [['w7w_Pg'], 'Ã¼?>'],
    [['-_8'], '\u00fb\u00ff'],
    [['Zm9v\n Ym\tFy '], 'foobar'],
  ],
  toB64Url: [
    [['a+b/c=='], 'a-b_c'],
    [['++//'], '--__'],
    [['not base64!'], 'not base64!'],
  ],
  fromB64Url: [
    [['a-b_'], 'a+b/'],
    [['-_8'], '+/8='],
    [['Zg'], 'Zg=='],
    [[''], ''],
  ],
  arrayBufferToString: [
    [[new Uint8Array([0xc3, 0xbc]).buffer], 'ü'],
    [[new Uint8Array([0x61, 0xc3, 0xbc]).subarray(1)], 'ü'],
    [[new Uint8Array([0xff])], '\ufffd'],
    [[new Uint8Array([0xef, 0xbb, 0xbf, 0x61])], '\ufeffa'],
  ],
  timingSafeEqual: [
    [['', ''], true],
    [['abc', 'abc'], true],
    [['abc', 'abd'], false],
    [['abc', 'abcd'], false],
    [['ü', 'u\u0308'], false],
    [['é', 'ab'], false],
    [[undefined, undefined], false],
    [['1', 1], false],
  ],
  isPresent: [
    [[undefined], false],
    [[null], false],
    [[''], false],
    [[' \t\n'], false],
    [[' a '], true],
    [[0], true],
    [[NaN], true],
    [[false], true],
    [[true], true],
    [[{}], false],
  ],
  isJsonObject: [
    [[{}], true],
    [[Object.create(null)], true],
    [[[]], false],
    [[null], false],
    [[undefined], false],
    [['{}'], false],
    [[1], false],
  ],
  ensureLeadingSlash: [
    [[undefined], undefined],
    [[null], null],
    [[''], ''],
    [[' cb '], '/cb'],
    [['/cb'], '/cb'],
    [[' /cb'], '/cb'],
    [['//cb'], '//cb'],
    [['/'], '/'],
  ],
  removeTrailingSlash: [
    [[undefined], undefined],
    [[null], null],
    [[''], ''],
    [[' https://x/ '], 'https://x'],
    [['https://x'], 'https://x'],
    [['https://x//'], 'https://x/'],
    [['/'], ''],
  ],
  isAbsoluteUrl: [
    [['http://x'], true],
    [['https://x'], true],
    [['HTTPS://x'], false],
    [[' https://x'], false],
    [['//x'], false],
    [['/cb'], false],
    [['ftp://x'], false],
    [['https:x'], false],
    [[undefined], false],
  ],
  isSameHost: [
    [['https://x/a', 'https://x/b?c#d'], true],
    [['https://X', 'https://x:443'], true],
    [['https://x', 'http://x'], false],
    [['https://x', 'https://x:8443'], false],
    [['https://x', 'https://x.evil.example'], false],
    [['https://x@evil.example', 'https://x'], false],
    [['not a url', 'not a url'], false],
    [['https://x', '/a'], false],
    [[undefined, undefined], false],
    [['file:///a', 'data:,b'], false],
  ],
  parseSpaceSeparated: [
    [[undefined], undefined],
    [[''], []],
    [['  '], []],
    [['a'], ['a']],
    [[' a\tb \n c  a '], ['a', 'b', 'c', 'a']],
  ],
  parseSpaceSeparatedSet: [
    [[undefined], new Set()],
    [[''], new Set()],
    [['a b a'], new Set(['a', 'b'])],
  ],
  setsEqual: [
    [[new Set(), new Set()], true],
    [[new Set(['a', 'b']), new Set(['b', 'a'])], true],
    [[new Set(['a']), new Set(['a', 'b'])], false],
    [[new Set(['a', 'b']), new Set(['a'])], false],
    [[new Set(['a']), new Set(['b'])], false],
    [[new Set(['a']), new Set(['a', 'b']), false], true],
    [[new Set(), new Set(['a']), false], true],
    [[new Set(['a', 'b']), new Set(['a']), false], false],
  ],
  profileSync: [
    [[undefined, undefined, undefined], {}],
    [[null, null, null], {}],
    [[{ sub: '1' }, undefined, undefined], { sub: '1' }],
    [[{ sub: '1' }, undefined, undefined, true], { sub: '1' }],
    [[{ sub: '1', old: 1 }, { sub: '2', a: 1 }, { a: 2 }], { sub: '2', old: 1, a: 2 }],
    [[{ old: 1 }, { a: 1 }, undefined, true], { a: 1 }],
    [[{ old: 1 }, undefined, { b: 1 }, true], { b: 1 }],
    [[undefined, { a: 1 }, { b: 1 }], { a: 1, b: 1 }],
  ],
  parseClientSecret: [
    [['secret'], 'secret'],
    [['{"kty":"oct","k":"AA"}'], { kty: 'oct', k: 'AA' }],
    [[' {"kty":"EC"} '], { kty: 'EC' }],
    [['{"kty":1}'], '{"kty":1}'],
    [['{}'], '{}'],
    [['["kty"]'], '["kty"]'],
    [['"kty"'], '"kty"'],
    [['null'], 'null'],
    [['{"kty":"oct"'], '{"kty":"oct"'],
    [[undefined], undefined],
  ],
  getBoolean: [
    [[undefined], undefined],
    [['true'], true],
    [[' TRUE '], true],
    [['False'], false],
    [['1'], undefined],
    [['yes'], undefined],
    [[''], undefined],
  ],
  getNumber: [
    [[undefined], undefined],
    [['5'], 5],
    [[' 5 '], 5],
    [['-5'], -5],
    [['5abc'], 5],
    [['2000.9'], 2000],
    [['x'], undefined],
    [[''], undefined],
  ],
};
for (const [name, rows] of Object.entries(tables)) {
  describe(name, () => {
    rows.forEach(([input, expected], index) => {
      test(`row ${index + 1} of ${rows.length}: ${inspect(input)}`, () => {
        assert.deepEqual(internal[name](...input), expected);
      });
    });
  });
}

describe('bytes and texts', () => {
  for (const input of ['*', 'a', 'abcde', 'ü', 'a b!']) {
    test(`decodeBase64Url refuses ${input}`, () => {
      assert.throws(() => internal.decodeBase64Url(input), { name: 'InvalidCharacterError' });
    });
  }

  test('stringToArrayBuffer answers the UTF-8 bytes in a buffer of their own', () => {
    const bytes = internal.stringToArrayBuffer('aü🚀');
    assert.deepEqual([...new Uint8Array(bytes)], [...Buffer.from('aü🚀')]);
    assert.equal(bytes.buffer.byteLength, bytes.byteLength);
    assert.equal(internal.arrayBufferToString(bytes), 'aü🚀');
    assert.equal(internal.stringToArrayBuffer('').byteLength, 0);
  });
});

test('now is whole seconds of Date.now()', (context) => {
  context.mock.method(Date, 'now', () => 1_700_000_000_999);
  assert.equal(internal.now(), 1_700_000_000);
});

describe('findToken', () => {
  const both = { resource: 'https://a https://b', requestedScopes: 'read write' };
  const scopesOnly = { requestedScopes: 'read' };
  const bare = {};
  const tokens = [both, scopesOnly, bare];
  const table = [
    ['the same sets in another order', 'https://b  https://a', 'write read', both],
    ['scopes alone', undefined, 'read', scopesOnly],
    ['nothing asked finds the token without any', undefined, undefined, bare],
    ['empty is the same as absent', '', ' ', bare],
    ['fewer scopes do not match', 'https://a https://b', 'read', undefined],
    ['more scopes do not match', undefined, 'read write', undefined],
    ['another resource', 'https://c', 'read', undefined],
  ];
  for (const [title, resource, scopes, expected] of table) {
    test(title, () => assert.equal(internal.findToken(tokens, resource, scopes), expected));
  }

  test('no tokens', () => {
    assert.equal(internal.findToken(undefined), undefined);
    assert.equal(internal.findToken([], 'a', 'b'), undefined);
  });
});

test('profileSync leaves its arguments alone', () => {
  const existing = { a: 1 };
  assert.equal(internal.profileSync(existing), existing);
  internal.profileSync(existing, { a: 2 }, { a: 3 });
  assert.deepEqual(existing, { a: 1 });
});
