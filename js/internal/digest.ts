import * as crypto from 'node:crypto';

/** SHA-256 of the UTF-8 bytes of `input`, as unpadded base64url. */
export async function sha256(input: string): Promise<string> {
  return crypto.createHash('sha256').update(input, 'utf8').digest('base64url');
}

/**
 * The hash of a token or code as it appears in `at_hash` and `c_hash` (OpenID Connect Core 1.0 section 3.1.3.6):
 * the left half of SHA-256, SHA-384 or SHA-512, chosen by the last three digits of the JWS `alg`, as unpadded base64url.
 *
 * @throws TypeError when `alg` does not end in 256, 384 or 512.
 */
export async function hashTokenValue(value: string, alg: string): Promise<string> {
  const size = /(?:256|384|512)$/.exec(alg)?.[0];
  if (size === undefined) {
    throw new TypeError('unsupported JWS "alg" identifier');
  }
  const digest = crypto.createHash(`sha${size}`).update(value, 'utf8').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/**
 * Whether `hash` (an `at_hash` or `c_hash` claim) belongs to `value` under the JWS `alg`; compared in constant time.
 * A `hash` that is not a string never matches.
 *
 * @throws TypeError when `alg` does not end in 256, 384 or 512.
 */
export async function validateTokenHash(value: string, hash: string, alg: string): Promise<boolean> {
  return timingSafeEqual(await hashTokenValue(value, alg), hash);
}

/**
 * Compares the UTF-8 bytes of two strings. The lengths are compared first; for equal lengths the time taken does not
 * depend on the content. Values that are not strings are never equal.
 */
export function timingSafeEqual(a: string, b: string): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') {
    return false;
  }
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && crypto.timingSafeEqual(left, right);
}

/** `size` random bytes (default 32) from the system's generator, as unpadded base64url. */
export function randomBytes(size = 32): string {
  return crypto.randomBytes(size).toString('base64url');
}
