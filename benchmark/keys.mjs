import { createPrivateKey, webcrypto } from 'node:crypto';

const GENERATION = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  EdDSA: { name: 'Ed25519' },
};

/** One key: `{ kid, privateKey, jwk, pem }`, of which `jwk` and `pem` are public. */
export async function generateKey(alg) {
  const { subtle } = webcrypto;
  const pair = await subtle.generateKey(GENERATION[alg], true, ['sign', 'verify']);
  const [pkcs8, spki, exported] = await Promise.all([
    subtle.exportKey('pkcs8', pair.privateKey),
    subtle.exportKey('spki', pair.publicKey),
    subtle.exportKey('jwk', pair.publicKey),
  ]);
  // As long as a thumbprint (RFC 7638), which most tenants use.
  const kid = `${alg}-2026-`.padEnd(43, 'k');
  const { kty, n, e, crv, x, y } = exported;
  const base64 = Buffer.from(spki).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    kid,
    privateKey: createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
    jwk: { kty, n, e, crv, x, y, kid, alg, use: 'sig' },
    pem: `-----BEGIN PUBLIC KEY-----\n${base64.trimEnd()}\n-----END PUBLIC KEY-----\n`,
  };
}
