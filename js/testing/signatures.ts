import { constants, createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';

/** Every signature algorithm the tenant can publish a key for (RFC 7518, RFC 8037, RFC 9864). */
export const SIGNING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export type HmacAlgorithm = 'HS256' | 'HS384' | 'HS512';

export function isSigningAlgorithm(alg: unknown): alg is SigningAlgorithm {
  return SIGNING_ALGORITHMS.some((known) => known === alg);
}

export function isHmacAlgorithm(alg: unknown): alg is HmacAlgorithm {
  return alg === 'HS256' || alg === 'HS384' || alg === 'HS512';
}

/** The hash named by the last three digits of a JWS algorithm. */
export function hashOf(alg: string): string {
  return `sha${alg.slice(-3)}`;
}

export function createSignature(alg: SigningAlgorithm, key: KeyObject, data: string): Buffer {
  return sign(digest(alg), Buffer.from(data), parameters(alg, key));
}

export function verifySignature(alg: SigningAlgorithm, key: KeyObject, data: string, signature: Buffer): boolean {
  return isKeyFor(alg, key) && verify(digest(alg), Buffer.from(data), parameters(alg, key), signature);
}

export function createMac(alg: HmacAlgorithm, secret: string | Uint8Array, data: string): Buffer {
  return createHmac(hashOf(alg), secret).update(data).digest();
}

export function verifyMac(alg: HmacAlgorithm, secret: string | Uint8Array, data: string, mac: Buffer): boolean {
  const expected = createMac(alg, secret, data);
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}

function digest(alg: SigningAlgorithm): string | null {
  return alg.startsWith('Ed') ? null : hashOf(alg);
}

function parameters(alg: SigningAlgorithm, key: KeyObject) {
  // RFC 7518 section 3.5: the salt is as long as the hash.
  if (alg.startsWith('PS')) {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  }
  // RFC 7518 section 3.4: r and s side by side, not their DER form.
  return { key, dsaEncoding: 'ieee-p1363' as const };
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

function isKeyFor(alg: SigningAlgorithm, key: KeyObject): boolean {
  if (alg.startsWith('Ed')) return key.asymmetricKeyType === 'ed25519';
  if (alg.startsWith('ES')) return key.asymmetricKeyDetails?.namedCurve === CURVES[alg];
  return key.asymmetricKeyType === 'rsa';
}
