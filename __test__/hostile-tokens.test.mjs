import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MonoCloudValidationError } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { assertRefused, guardedApis } from './support/guarded-api.mjs';
import { claims, clientWithKeys, createSigner, encode } from './support/jws.mjs';

const { createTestTenant } = testing;

const HEADER = 'Failed to parse JWT Header';
const PAYLOAD = 'Failed to parse JWT Payload';
const SIGNATURE = 'JWT signature verification failed';
const TOO_LARGE = 'Access token exceeds the maximum size of 64 KiB';
const ALGORITHM = 'unsupported JWS "alg" identifier';
const LIMIT = 64 * 1024;

const signer = await createSigner('ES256');
const key = { ...signer.jwk, kid: 'key', alg: 'ES256', use: 'sig' };
const client = clientWithKeys([key]);
const header = { alg: 'ES256', kid: 'key' };
const good = await signer.sign(claims(), header);
const parts = good.split('.');

describe('hostile tokens', () => {
  const scope = scopeOfSuite();
  const refused = (token, message, title) => assertRefused(client, scope.urls, token, { message }, title ?? message);

  test('the size limit is 64 KiB, whatever the token is', async () => {
    const largest = await paddedToken(LIMIT);
    assert.equal(largest.length, LIMIT);
    assert.equal((await client.validateAccessToken(largest)).sub, 'test-user');
    for (const url of scope.urls) assertPassed(await send(url, { token: largest }));
    await refused(`${largest}A`, TOO_LARGE);
    await refused('a'.repeat(1_000_000), TOO_LARGE);
    await refused(`${'a'.repeat(1_000_000)}.b.c`, TOO_LARGE);
    await refused('.'.repeat(LIMIT + 1), TOO_LARGE);
    // Bytes of UTF-8, not characters.
    const wide = `${'é'.repeat(LIMIT / 2)}.b.c`;
    await assert.rejects(client.validateAccessToken(wide), { code: 'invalid_token', message: TOO_LARGE });
  });

  test('empty segments', async () => {
    const [head, body, signature] = parts;
    await refused('..', HEADER);
    await refused(`.${body}.${signature}`, HEADER);
    await refused(`${head}..${signature}`, SIGNATURE);
    await refused(`${head}.${body}.`, SIGNATURE);
    await refused(`${head}..`, SIGNATURE);
    await refused(await signed(parts[0], ''), PAYLOAD);
  });

  test('base64url has one form (RFC 7515 section 2)', async () => {
    // Of 64 bytes only the canonical form ends in A, Q, g or w.
    const [head, body, signature] = parts;
    const stray = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(85) + 1);
    assert.deepEqual(Buffer.from(stray, 'base64url'), Buffer.from(signature, 'base64url'));
    await refused(`${head}.${body}.${stray}`, SIGNATURE, 'stray bits');
    for (const [title, alter] of Object.entries({
      padding: (text) => `${text}=`,
      'two of padding': (text) => `${text}==`,
      'white space inside': (text) => `${text.slice(0, 8)} ${text.slice(8)}`,
      'a line break inside': (text) => `${text.slice(0, 8)}\n${text.slice(8)}`,
      'a tab at the end': (text) => `${text}\t`,
      'the other alphabet': (text) => `${text.slice(0, -4)}+/+/`,
      'a character too many': (text) => `${text}AAAAA`.slice(0, Math.ceil(text.length / 4) * 4 + 1),
      'a NUL': (text) => `${text}\0`,
      'a percent sign': (text) => `${text.slice(0, -3)}%41`,
      'a lone surrogate': (text) => `${text.slice(0, 4)}\ud800${text.slice(4)}`,
      'full-width letters': (text) => `ａ${text.slice(1)}`,
    })) {
      const only = (token, message) =>
        assert.rejects(client.validateAccessToken(token), { code: 'invalid_token', message }, title);
      await only([alter(head), body, signature].join('.'), HEADER);
      await only([head, body, alter(signature)].join('.'), SIGNATURE);
      // The signature covers the text as it was sent, so that only the payload's own form is wrong.
      await only(await signed(head, alter(body)), PAYLOAD);
    }
    await refused([`${head}=`, body, signature].join('.'), HEADER);
    await refused(await signed(head, `${body}==`), PAYLOAD);
  });

  test('algorithms that are none, and keys that are secrets', async () => {
    const pem = createPublicKey({ key: signer.jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'HS384', 'HS512', 'es256', 'ES256K', 'RSA-OAEP']) {
      await refused(`${encode({ ...header, alg })}.${parts[1]}.`, ALGORITHM, alg);
      await refused(`${encode({ ...header, alg })}.${parts[1]}.${parts[2]}`, ALGORITHM, alg);
    }
    for (const alg of [undefined, null, 256, true, ['ES256'], { name: 'ES256' }]) {
      await refused(await signer.sign(claims(), { ...header, alg }), ALGORITHM, String(alg));
    }
    for (const secret of [pem, JSON.stringify(key), Buffer.from(key.x, 'base64url'), '']) {
      const input = `${encode({ alg: 'HS256', kid: 'key' })}.${parts[1]}`;
      await refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`, ALGORITHM);
    }
  });

  test('the algorithm belongs to the key', async (t) => {
    const [rsa, p384, ed] = await Promise.all(['RS256', 'ES384', 'EdDSA'].map((alg) => createSigner(alg)));
    const signers = { ES256: signer, RS256: rsa, ES384: p384, EdDSA: ed };
    const mixed = clientWithKeys(Object.entries(signers).map(([kid, { jwk }]) => ({ ...jwk, kid })));
    const urls = await guardedApis(t, mixed);
    for (const [kid, owner] of Object.entries(signers)) {
      await mixed.validateAccessToken(await owner.sign(claims(), { alg: owner.alg, kid }));
      for (const alg of ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']) {
        if (alg === kid || (alg === 'Ed25519' && kid === 'EdDSA')) continue;
        const isRsa = (name) => name.startsWith('RS') || name.startsWith('PS');
        const message = isRsa(alg) && kid === 'RS256' ? SIGNATURE : 'No matching key found in the JSON Web Key Set';
        await assertRefused(mixed, urls, await owner.sign(claims(), { alg, kid }), { message }, `${kid} as ${alg}`);
      }
    }
    const declared = clientWithKeys([{ ...rsa.jwk, alg: 'RS512' }]);
    await assert.rejects(declared.validateAccessToken(await rsa.sign()), { reason: 'key_not_found' });
  });

  test('signatures of the wrong form', async () => {
    const raw = Buffer.from(parts[2], 'base64url');
    for (const signature of [raw.subarray(1), Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.alloc(1), derOf(raw)]) {
      await refused(`${parts[0]}.${parts[1]}.${encode(signature)}`, SIGNATURE);
    }
    await refused(`${parts[0]}.${parts[1]}.${encode(Buffer.concat([raw, raw]))}`, SIGNATURE);
  });

  after(() => assert.doesNotReject(client.validateAccessToken(good)));
});

test('tokens of other than three parts are opaque, however they look', async (t) => {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const asking = clientWithKeys([key], tenant.clientOptions);
  const silent = clientWithKeys([key]);
  const urls = await guardedApis(t, asking);
  const jwe = `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`;
  for (const token of [jwe, 'a', 'a.b', '.', '....', `${good}.`, `.${good}`, `${good}.${good}`, 'x'.repeat(LIMIT)]) {
    await assert.rejects(asking.validateAccessToken(token), { code: 'inactive_token' }, token.slice(0, 20));
    for (const url of urls) assertAnswer(await send(url, { token }), ANSWERS.invalid, token.slice(0, 20));
    await assert.rejects(silent.validateAccessToken(token), {
      constructor: MonoCloudValidationError,
      message: 'Token introspection is not configured',
    });
  }
  // What the tenant hears is what was sent.
  for (const token of ['&client_id=other', 'a b+c%20', 'é漢😀', '\0', 'a\r\nx: y', '=']) {
    await assert.rejects(asking.validateAccessToken(token), { code: 'inactive_token' });
    assert.equal(new URLSearchParams(tenant.requests.at(-1).body).get('token'), token);
  }
  await assert.rejects(asking.validateAccessToken('a\ud800'), { code: 'inactive_token' });
});

/** The APIs of a whole suite. */
function scopeOfSuite() {
  const scope = { urls: [] };
  const endings = [];
  before(async () => (scope.urls = await guardedApis({ after: (end) => endings.push(end) }, client)));
  after(() => Promise.all(endings.map((end) => end())));
  return scope;
}

/** Signs two segments as they are, encoded or not. */
async function signed(head, body) {
  const input = `${head}.${body}`;
  return `${input}.${encode(await signer.signText(input))}`;
}

/** A sound token of exactly this many characters. */
async function paddedToken(size) {
  const bare = (await signer.sign(claims({ padding: '' }), { ...header, filler: '' })).length;
  for (let filler = 0; filler < 3; filler += 1) {
    const room = Math.floor(((size - bare) * 3) / 4) - filler;
    for (let padding = room - 3; padding <= room; padding += 1) {
      const more = { padding: 'x'.repeat(padding) };
      const token = await signer.sign(claims(more), { ...header, filler: 'x'.repeat(filler) });
      if (token.length === size) return token;
    }
  }
  throw new Error(`No token has ${size} characters`);
}

/** The DER form of an ECDSA signature, which JWS does not use (RFC 7518 section 3.4). */
function derOf(raw) {
  const integer = (bytes) => Buffer.concat([Buffer.of(2, bytes.length + 1, 0), bytes]);
  const content = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))]);
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
}
