import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { describe, test } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import * as internal from '@monocloud/backend-node/internal';

const { webcrypto } = crypto;

describe('digests and random values', () => {
  test('sha256 is base64url of the UTF-8 text (RFC 7636 appendix B)', async () => {
    assert.equal(
      await internal.sha256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
    assert.equal(await internal.sha256('ü'), crypto.createHash('sha256').update('ü').digest('base64url'));
  });

  const token = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';

  test('hashTokenValue of the at_hash example in OpenID Connect Core appendix A.3', async () => {
    assert.equal(await internal.hashTokenValue(token, 'RS256'), '77QmUPtjPfzWtF2AnpK9RQ');
  });

  for (const [alg, hash] of [
    ['ES256', 'sha256'],
    ['PS384', 'sha384'],
    ['HS512', 'sha512'],
  ]) {
    test(`hashTokenValue under ${alg} is the left half of ${hash}`, async () => {
      const digest = crypto.createHash(hash).update(token).digest();
      const expected = digest.subarray(0, digest.length / 2).toString('base64url');
      assert.equal(await internal.hashTokenValue(token, alg), expected);
      assert.equal(await internal.validateTokenHash(token, expected, alg), true);
    });
  }

  for (const alg of ['none', 'EdDSA', 'RS1', '', undefined]) {
    test(`token hashes under ${alg} are refused`, async () => {
      await assert.rejects(internal.hashTokenValue(token, alg), TypeError);
      await assert.rejects(internal.validateTokenHash(token, 'x', alg), TypeError);
    });
  }

  test('validateTokenHash answers false for anything else', async () => {
    for (const hash of [
      '77QmUPtjPfzWtF2AnpK9RA',
      '77QmUPtjPfzWtF2AnpK9RQ==',
      '77QmUPtjPfzWtF2AnpK9R',
      '',
      undefined,
      5,
    ]) {
      assert.equal(await internal.validateTokenHash(token, hash, 'RS256'), false);
    }
    assert.equal(await internal.validateTokenHash(`${token}x`, '77QmUPtjPfzWtF2AnpK9RQ', 'RS256'), false);
  });

  test('randomBytes answers 32 bytes, or as many as asked for', () => {
    assert.match(internal.randomBytes(), /^[A-Za-z0-9_-]{43}$/);
    assert.notEqual(internal.randomBytes(), internal.randomBytes());
    assert.equal(internal.randomBytes(16).length, 22);
    assert.equal(internal.randomBytes(0), '');
  });
});

describe('getPublicSigKeyFromIssuerJwks', () => {
  const algorithms = {
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
    PS384: { name: 'RSA-PSS', hash: 'SHA-384', saltLength: 48 },
    ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    ES512: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
    EdDSA: { name: 'Ed25519' },
    Ed25519: { name: 'Ed25519' },
  };
  const generate = async (alg) => {
    const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
    const pair = await webcrypto.subtle.generateKey({ ...rsa, ...algorithms[alg] }, true, ['sign', 'verify']);
    const { kty, crv, n, e, x, y } = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
    return { pair, jwk: JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })) };
  };
  const text = Buffer.from('signed');

  for (const alg of Object.keys(algorithms)) {
    test(`a key for ${alg} verifies`, async () => {
      const { pair, jwk } = await generate(alg);
      const other = await generate(alg);
      const key = await internal.getPublicSigKeyFromIssuerJwks(
        [
          { ...other.jwk, kid: 'other' },
          { ...jwk, kid: 'mine', ext: false, key_ops: ['verify'], use: 'sig' },
        ],
        { alg, kid: 'mine' },
      );
      assert.equal(key.type, 'public');
      assert.deepEqual(key.usages, ['verify']);
      const signature = await webcrypto.subtle.sign(algorithms[alg], pair.privateKey, text);
      assert.equal(await webcrypto.subtle.verify(algorithms[alg], key, signature, text), true);
    });
  }

  const refused = [
    ['no keys', () => [], { alg: 'ES256' }],
    ['an unknown kid', ({ jwk }) => [{ ...jwk, kid: 'a' }], { alg: 'ES256', kid: 'b' }],
    ['two candidates', ({ jwk }) => [jwk, jwk], { alg: 'ES256' }],
    ['a key for encryption', ({ jwk }) => [{ ...jwk, use: 'enc' }], { alg: 'ES256' }],
    ['a key of another curve', ({ jwk }) => [jwk], { alg: 'ES384' }],
    ['a key of another algorithm', ({ jwk }) => [{ ...jwk, alg: 'ES384' }], { alg: 'ES256' }],
    ['alg none', ({ jwk }) => [jwk], { alg: 'none' }],
    ['alg HS256', () => [{ kty: 'oct', k: 'AAAA' }], { alg: 'HS256' }],
    ['no alg', ({ jwk }) => [jwk], {}],
    ['keys null', () => null, { alg: 'ES256' }],
    ['header null', ({ jwk }) => [jwk], null],
  ];
  for (const [title, keys, header] of refused) {
    test(`refused: ${title}`, async () => {
      const generated = await generate('ES256');
      await assert.rejects(
        internal.getPublicSigKeyFromIssuerJwks(keys(generated), header),
        (error) => error instanceof MonoCloudTokenError && error.code === 'invalid_token',
      );
    });
  }
});
