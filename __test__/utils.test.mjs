import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { describe, test } from 'node:test';
import * as utils from '@monocloud/backend-node/utils';

const { generateNonce, generatePKCE, generateState, isUserInGroup, mergeArrays, parseCallbackParams } = utils;

const RANDOM_43 = /^[A-Za-z0-9_-]{43}$/;

describe('random values', () => {
  test('state and nonce are 43 characters of base64url, new each time', () => {
    const values = [generateState(), generateState(), generateNonce(), generateNonce()];
    for (const value of values) {
      assert.match(value, RANDOM_43);
    }
    assert.equal(new Set(values).size, 4);
  });

  test('a PKCE pair is a 43 character verifier and its S256 challenge', async () => {
    const pair = await generatePKCE();
    assert.deepEqual(Object.keys(pair).sort(), ['codeChallenge', 'codeVerifier']);
    assert.match(pair.codeVerifier, RANDOM_43);
    assert.equal(pair.codeChallenge, crypto.createHash('sha256').update(pair.codeVerifier).digest('base64url'));
    assert.notEqual((await generatePKCE()).codeVerifier, pair.codeVerifier);
  });
});

describe('parseCallbackParams', () => {
  const none = {
    state: undefined,
    accessToken: undefined,
    idToken: undefined,
    refreshToken: undefined,
    sessionState: undefined,
    expiresIn: undefined,
    code: undefined,
    scope: undefined,
    error: undefined,
    errorDescription: undefined,
  };
  const everything =
    'state=s&access_token=at&id_token=it&refresh_token=rt&session_state=ss&expires_in=3600&code=c&scope=a+b&error=e&error_description=d%20d';
  const parsed = {
    state: 's',
    accessToken: 'at',
    idToken: 'it',
    refreshToken: 'rt',
    sessionState: 'ss',
    expiresIn: 3600,
    code: 'c',
    scope: 'a b',
    error: 'e',
    errorDescription: 'd d',
  };
  const table = [
    ['a query', everything, parsed],
    ['a query with ?', `?${everything}`, parsed],
    ['a fragment with #', `#${everything}`, parsed],
    ['URLSearchParams', new URLSearchParams(everything), parsed],
    ['a URL', new URL(`https://app.example/cb?${everything}`), parsed],
    ['the text of a URL', `https://app.example/cb?${everything}#error=no`, parsed],
    ['the text of a private-use URL', `com.example.app:/cb?${everything}`, parsed],
    ['a request path', `/cb?${everything}`, parsed],
    ['the fragment of a URL is not read', new URL(`https://app.example/cb#${everything}`), none],
    ['nor that of its text', `https://app.example/cb#?${everything}`, none],
    ['nothing', '', none],
    ['only ?', '?', none],
    ['unknown parameters', 'foo=bar&State=x', none],
    ['a value that is a URL', 'state=https://x.example/?code=1', { ...none, state: 'https://x.example/?code=1' }],
    ['an empty value stays', 'code=&state', { ...none, code: '', state: '' }],
    ['the first of two counts', 'code=1&code=2', { ...none, code: '1' }],
    ['expires_in not a number', 'expires_in=soon', { ...none, expiresIn: NaN }],
    ['expires_in with a tail', 'expires_in=60s', { ...none, expiresIn: 60 }],
  ];
  for (const [title, input, expected] of table) {
    test(title, () => {
      const result = parseCallbackParams(input);
      assert.deepEqual(result, expected);
      assert.deepEqual(Object.keys(result), Object.keys(none));
    });
  }
});

describe('mergeArrays', () => {
  const table = [
    ['no argument', [], undefined],
    ['no array', [undefined, null, 'text'], undefined],
    ['an empty array', [[]], []],
    ['an empty array and nothing', [undefined, []], []],
    ['a union in order', [['b', 'a'], undefined, ['a', 'c', 'b', 'd']], ['b', 'a', 'c', 'd']],
    ['repeated members', [['a', 'a']], ['a']],
  ];
  for (const [title, input, expected] of table) {
    test(title, () => assert.deepEqual(mergeArrays(...input), expected));
  }

  test('the arguments are not changed', () => {
    const first = ['a'];
    assert.notEqual(mergeArrays(first), first);
    mergeArrays(first, ['b']);
    assert.deepEqual(first, ['a']);
  });
});

describe('isUserInGroup', () => {
  const ann = { groups: ['admin', { id: '7', name: 'staff' }], roles: ['ops'] };
  const table = [
    ['a group by its text', [ann, ['admin']], true],
    ['a group by its id', [ann, ['7']], true],
    ['a group by its name', [ann, ['staff']], true],
    ['any one is enough', [ann, ['none', 'staff']], true],
    ['none of them', [ann, ['none']], false],
    ['case counts', [ann, ['Admin']], false],
    ['all needed and there', [ann, ['admin', 'staff'], undefined, true], true],
    ['all needed, one missing', [ann, ['admin', 'none'], undefined, true], false],
    ['another claim', [ann, ['ops'], 'roles'], true],
    ['the other claim only', [ann, ['admin'], 'roles'], false],
    ['groups undefined', [ann, undefined], true],
    ['groups empty', [ann, []], true],
    ['groups not an array', [ann, 'none'], true],
    ['claim missing', [{}, ['admin']], false],
    ['claim empty', [{ groups: [] }, ['admin']], false],
    ['claim a text', [{ groups: 'admin' }, ['admin']], false],
    ['claim an object', [{ groups: { id: 'admin' } }, ['admin']], false],
    ['a null element is no match', [{ groups: [null, 'admin'] }, ['staff']], false],
    ['a number is no match', [{ groups: [7] }, ['7']], false],
    ['non-ASCII', [{ groups: ['Führung'] }, ['Führung']], true],
    ['an inherited property is no claim', [{}, ['x'], '__proto__'], false],
    ['no user', [undefined, ['admin']], false],
    ['no user, no groups', [undefined, undefined], true],
    ['members that JSON cannot carry', [{ groups: ['admin'], id: 1n }, ['admin']], true],
  ];
  for (const [title, input, expected] of table) {
    test(title, () => assert.equal(isUserInGroup(...input), expected));
  }
});
