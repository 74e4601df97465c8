import { webcrypto } from 'node:crypto';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';

const { subtle } = webcrypto;

export const ISSUER = 'https://tenant.example.com';
export const AUDIENCE = 'https://api.example.com';

const GENERATION = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  EdDSA: { name: 'Ed25519' },
};
const SIGNATURE = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384' },
  ES512: { name: 'ECDSA', hash: 'SHA-512' },
  EdDSA: { name: 'Ed25519' },
};

/**
 * A signing key whose tokens can hold anything: `sign(payload, header)` takes objects, or the very bytes (a string or a
 * Buffer). `jwk` is the public key without `alg`, `use` and `kid`.
 */
export async function createSigner(alg = 'ES256', generation = GENERATION[alg]) {
  const { privateKey, publicKey } = await subtle.generateKey(generation, true, ['sign', 'verify']);
  const { ext: _ext, key_ops: _operations, alg: _alg, ...jwk } = await subtle.exportKey('jwk', publicKey);
  const sign = async (payload = claims(), header = { alg }) => {
    const input = `${encode(header)}.${encode(payload)}`;
    return `${input}.${encode(await signText(input))}`;
  };
  const signText = async (text) => Buffer.from(await subtle.sign(SIGNATURE[alg], privateKey, Buffer.from(text)));
  return { alg, jwk, privateKey, sign, signText };
}

/** A client that has these keys and asks nobody. */
export function clientWithKeys(keys, options = {}) {
  const jwksResolver = async () => ({ keys });
  return new MonoCloudBackendNodeClient({ tenantDomain: ISSUER, audience: AUDIENCE, jwksResolver, ...options });
}

/** Claims that are accepted. */
export function claims(more = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, aud: AUDIENCE, sub: 'test-user', iat: now, exp: now + 300, ...more };
}

/** Base64url of an object's JSON, or of the very bytes. */
export function encode(part) {
  const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part);
  return Buffer.from(bytes).toString('base64url');
}
