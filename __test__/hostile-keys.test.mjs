import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { describe, test } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { assertPassed, send } from './support/answers.mjs';
import { assertRefused, guardedApis } from './support/guarded-api.mjs';
import { claims, clientWithKeys, createSigner, encode } from './support/jws.mjs';

const { subtle } = webcrypto;

const NOT_FOUND = 'No matching key found in the JSON Web Key Set';
const AMBIGUOUS =
  'error when selecting a JWT verification key, multiple applicable keys found, a "kid" JWT Header Parameter is required';

const [rsa, es256, ed, p384] = await Promise.all(['RS256', 'ES256', 'EdDSA', 'ES384'].map((alg) => createSigner(alg)));
const privateJwk = await subtle.exportKey('jwk', es256.privateKey);
const privateRsa = await subtle.exportKey('jwk', rsa.privateKey);

const bytes = (text) => Buffer.from(text, 'base64url');
const without = (jwk, ...names) => Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));
const notOnCurve = () => {
  const y = bytes(es256.jwk.y);
  y[31] ^= 1;
  return encode(y);
};
const zeros = (length) => encode(Buffer.alloc(length));
const modulus = (bits) => encode(Buffer.concat([Buffer.of(0x80), Buffer.alloc(bits / 8 - 2, 0x5a), Buffer.of(0x5b)]));
const even = (text) => {
  const octets = bytes(text);
  octets[octets.length - 1] &= 0xfe;
  return encode(octets);
};

/** Keys that can verify nothing, by the signer whose tokens they would have to verify. */
const WRONG = {
  RS256: {
    'a private key': privateRsa,
    'a private exponent': { ...rsa.jwk, d: privateRsa.d },
    'no modulus': without(rsa.jwk, 'n'),
    'no exponent': without(rsa.jwk, 'e'),
    'an empty modulus': { ...rsa.jwk, n: '' },
    'an empty exponent': { ...rsa.jwk, e: '' },
    'a modulus that is a number': { ...rsa.jwk, n: 5 },
    'an exponent that is a number': { ...rsa.jwk, e: 65537 },
    'a modulus with padding': { ...rsa.jwk, n: `${rsa.jwk.n}==` },
    'a modulus in the other alphabet': { ...rsa.jwk, n: bytes(rsa.jwk.n).fill(0xff).toString('base64') },
    'the exponent 1': { ...rsa.jwk, e: 'AQ' },
    'the exponent 0': { ...rsa.jwk, e: 'AA' },
    'the exponent 2': { ...rsa.jwk, e: 'Ag' },
    'an even exponent': { ...rsa.jwk, e: encode(Buffer.of(1, 0, 0)) },
    'an exponent of 2^33 + 1': { ...rsa.jwk, e: encode(Buffer.of(2, 0, 0, 0, 1)) },
    'an exponent as long as the modulus': { ...rsa.jwk, e: rsa.jwk.n },
    'an even modulus': { ...rsa.jwk, n: even(rsa.jwk.n) },
    'a modulus of 0': { ...rsa.jwk, n: zeros(256) },
    'a modulus of 512 bits': { ...rsa.jwk, n: modulus(512) },
    'a modulus of 1024 bits': { ...rsa.jwk, n: modulus(1024) },
    'a modulus of 2040 bits': { ...rsa.jwk, n: modulus(2040) },
    'a short modulus behind zeros': { ...rsa.jwk, n: encode(Buffer.concat([Buffer.alloc(256), bytes(modulus(1024))])) },
    'a modulus of 8200 bits': { ...rsa.jwk, n: modulus(8200) },
    'a modulus of 16384 bits': { ...rsa.jwk, n: modulus(16_384) },
    'a modulus of 200 kB': { ...rsa.jwk, n: modulus(1_600_000) },
    'no kty': without(rsa.jwk, 'kty'),
    'a kty in lower case': { ...rsa.jwk, kty: 'rsa' },
    'a kty that is a list': { ...rsa.jwk, kty: ['RSA'] },
    'an unknown kty': { ...rsa.jwk, kty: 'AKP' },
    'a use for encryption': { ...rsa.jwk, use: 'enc' },
    'a use that is a list': { ...rsa.jwk, use: ['sig'] },
    'no operation to verify': { ...rsa.jwk, key_ops: ['encrypt'] },
    'no operation at all': { ...rsa.jwk, key_ops: [] },
    'operations that are a text': { ...rsa.jwk, key_ops: 'verify' },
    'another algorithm': { ...rsa.jwk, alg: 'PS256' },
    'an algorithm that is a number': { ...rsa.jwk, alg: 256 },
  },
  ES256: {
    'a private key': privateJwk,
    'a symmetric key': { kty: 'oct', k: encode('secret'), alg: 'ES256' },
    'a symmetric member': { ...es256.jwk, k: encode('secret') },
    'no x': without(es256.jwk, 'x'),
    'no y': without(es256.jwk, 'y'),
    'no curve': without(es256.jwk, 'crv'),
    'an unknown curve': { ...es256.jwk, crv: 'secp256k1' },
    'a curve in lower case': { ...es256.jwk, crv: 'p-256' },
    'the curve of other keys': { ...es256.jwk, crv: 'P-384' },
    'a point of another curve': { ...p384.jwk, crv: 'P-256' },
    'a point off the curve': { ...es256.jwk, y: notOnCurve() },
    'the point 0, 0': { ...es256.jwk, x: zeros(32), y: zeros(32) },
    'a point of ones': { ...es256.jwk, x: encode(Buffer.alloc(32, 0xff)), y: encode(Buffer.alloc(32, 0xff)) },
    'x and y exchanged': { ...es256.jwk, x: es256.jwk.y, y: es256.jwk.x },
    'a short x': { ...es256.jwk, x: encode(bytes(es256.jwk.x).subarray(1)) },
    'a long x': { ...es256.jwk, x: encode(Buffer.concat([Buffer.of(0), bytes(es256.jwk.x)])) },
    'an empty x': { ...es256.jwk, x: '' },
    'an x in white space': { ...es256.jwk, x: ` ${es256.jwk.x}` },
    'an x that is an object': { ...es256.jwk, x: {} },
  },
  EdDSA: {
    X25519: { ...ed.jwk, crv: 'X25519' },
    Ed448: { ...ed.jwk, crv: 'Ed448', x: zeros(57) },
    'a short x': { ...ed.jwk, x: encode(bytes(ed.jwk.x).subarray(1)) },
    'no x': without(ed.jwk, 'x'),
    'a private key': { ...ed.jwk, d: zeros(32) },
    'the type EC': { ...ed.jwk, kty: 'EC' },
  },
};

const SIGNERS = { RS256: rsa, ES256: es256, EdDSA: ed };

for (const [alg, wrong] of Object.entries(WRONG)) {
  describe(`keys that verify no ${alg} signature`, () => {
    const signer = SIGNERS[alg];

    test('are refused alone', async (t) => {
      for (const [title, key] of Object.entries(wrong)) {
        const client = clientWithKeys([key]);
        const error = await rejection(client, await signer.sign());
        assert.ok(error instanceof MonoCloudTokenError, `${title}: ${error}`);
        assert.equal(error.code, 'invalid_token');
        assert.match(error.message, /^(No matching key found|Unsupported RSASSA-PKCS1-v1_5 modulusLength$)/, title);
      }
      const client = clientWithKeys(Object.values(wrong));
      await assertRefused(client, await guardedApis(t, client), await signer.sign(), {}, 'all of them');
    });

    test('harm no other key', async (t) => {
      const unusable = Object.values(wrong);
      const client = clientWithKeys([...unusable, signer.jwk, ...unusable]);
      await client.validateAccessToken(await signer.sign());
      for (const url of await guardedApis(t, client)) assertPassed(await send(url, { token: await signer.sign() }));
    });

    test('harm no other key that has a name', async () => {
      const keys = Object.values(wrong).map((key, i) => ({ ...key, kid: String(i) }));
      const sameName = Object.values(wrong).map((key) => ({ ...key, kid: 'good' }));
      const client = clientWithKeys([...keys, ...sameName, { ...signer.jwk, kid: 'good' }]);
      await client.validateAccessToken(await signer.sign(claims(), { alg, kid: 'good' }));
      for (const { kid } of keys) {
        const error = await rejection(client, await signer.sign(claims(), { alg, kid }));
        assert.ok(error instanceof MonoCloudTokenError, kid);
      }
    });
  });
}

describe('key sets', () => {
  test('under exponent 1 nobody can sign', async () => {
    const client = clientWithKeys([{ ...rsa.jwk, e: 'AQ' }]);
    const input = `${encode({ alg: 'RS256' })}.${encode(claims())}`;
    const hash = Buffer.from(await subtle.digest('SHA-256', Buffer.from(input)));
    const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
    const filler = Buffer.alloc(256 - 3 - prefix.length - hash.length, 0xff);
    const signature = Buffer.concat([Buffer.of(0, 1), filler, Buffer.of(0), prefix, hash]);
    const error = await rejection(client, `${input}.${encode(signature)}`);
    assert.deepEqual([error.constructor, error.code], [MonoCloudTokenError, 'invalid_token']);
  });

  test('of several keys that fit none is taken', async () => {
    const [other, another] = await Promise.all([createSigner(), createSigner()]);
    const client = clientWithKeys([es256.jwk, other.jwk, { ...another.jwk, kid: 'a' }, { ...es256.jwk, kid: 'a' }]);
    for (const header of [{ alg: 'ES256' }, { alg: 'ES256', kid: 'a' }]) {
      await assertRefused(client, [], await es256.sign(claims(), header), { message: AMBIGUOUS }, 'ambiguous');
    }
  });

  test('a thousand keys', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ ...[rsa, es256, ed][i % 3].jwk, kid: `key-${i}` }));
    const client = clientWithKeys(many);
    await client.validateAccessToken(await rsa.sign(claims(), { alg: 'RS256', kid: 'key-0' }));
    await client.validateAccessToken(await rsa.sign(claims(), { alg: 'RS256', kid: 'key-999' }));
    await assertRefused(client, [], await rsa.sign(claims(), { alg: 'RS256', kid: 'key-1000' }), {
      message: NOT_FOUND,
    });
    await assertRefused(client, [], await rsa.sign(), { message: AMBIGUOUS });
  });

  test('kid of every kind', async () => {
    const huge = 'k'.repeat(100_000);
    const kids = [huge, 5, null, true, {}, [], ['a'], '', '__proto__', '../../etc/passwd', '\0'];
    const client = clientWithKeys([...kids.map((kid) => ({ ...es256.jwk, kid })), { ...p384.jwk }]);
    for (const kid of ['', '__proto__', '../../etc/passwd', '\0']) {
      await client.validateAccessToken(await es256.sign(claims(), { alg: 'ES256', kid }));
    }
    await assertRefused(client, [], await es256.sign(claims(), { alg: 'ES256', kid: '5' }), { message: NOT_FOUND });
    await client.validateAccessToken(await p384.sign());
  });

  test('members named __proto__ are no members', async () => {
    const text = JSON.stringify({ ...es256.jwk, kid: 'hidden' });
    const key = JSON.parse(`{"kid":"shown","__proto__":${text}}`);
    const client = clientWithKeys([key]);
    for (const kid of ['hidden', 'shown']) {
      await assertRefused(client, [], await es256.sign(claims(), { alg: 'ES256', kid }), { message: NOT_FOUND });
    }
  });
});

async function rejection(client, token) {
  return client.validateAccessToken(token).then(
    () => assert.fail('The token was accepted'),
    (error) => error,
  );
}
