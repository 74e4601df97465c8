import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { InvalidClient, type TestClient } from './clients';
import { isHmacAlgorithm, isSigningAlgorithm, verifyMac, verifySignature } from './signatures';

export interface AssertionContext {
  /** The one accepted audience. */
  issuer: string;
  /** Assertions used before, by client and `jti`, with their expiry in seconds. */
  seen: Map<string, number>;
}

interface Assertion {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  input: string;
  signature: Buffer;
}

// Seconds that the clock of a client may be ahead.
const LEEWAY = 60;

/** @throws InvalidClient when it is not a JWT */
export function readAssertion(text: string): Assertion {
  const [header = '', payload = '', signature = '', ...more] = text.split('.');
  if (more.length > 0) throw new InvalidClient('The client assertion is not a JWT');
  return {
    header: parseObject(header),
    claims: parseObject(payload),
    input: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * Checks a client assertion as RFC 7523 section 3 says; each is accepted once.
 *
 * @throws InvalidClient
 */
export function checkClientAssertion(client: TestClient, text: string, { issuer, seen }: AssertionContext): void {
  const assertion = readAssertion(text);
  if (!hasValidSignature(client, assertion)) throw new InvalidClient('The signature of the client assertion is wrong');
  const { iss, sub, aud, exp, nbf, jti } = assertion.claims;
  const now = Math.floor(Date.now() / 1000);
  if (iss !== client.clientId || sub !== client.clientId) {
    throw new InvalidClient('The issuer and the subject of the client assertion must be the client_id');
  }
  if (Array.isArray(aud) ? !aud.includes(issuer) : aud !== issuer) {
    throw new InvalidClient('The audience of the client assertion must be the issuer');
  }
  if (typeof exp !== 'number' || exp <= now) throw new InvalidClient('The client assertion is expired');
  if (typeof nbf === 'number' && nbf > now + LEEWAY) throw new InvalidClient('The client assertion is not valid yet');
  if (typeof jti !== 'string' || jti === '') throw new InvalidClient('The client assertion has no jti');
  for (const [used, expiry] of seen) if (expiry <= now) seen.delete(used);
  const use = JSON.stringify([client.clientId, jti]);
  if (seen.has(use)) throw new InvalidClient('The client assertion was used before');
  seen.set(use, exp);
}

function hasValidSignature(client: TestClient, { header, input, signature }: Assertion): boolean {
  const { alg } = header;
  if (client.jwk?.alg !== undefined && client.jwk.alg !== alg) return false;
  if (isHmacAlgorithm(alg)) {
    const secret = client.jwk?.kty === 'oct' ? Buffer.from(String(client.jwk.k), 'base64url') : client.clientSecret;
    return secret !== undefined && secret.length > 0 && verifyMac(alg, secret, input, signature);
  }
  if (!isSigningAlgorithm(alg) || client.jwk === undefined || client.jwk.kty === 'oct') return false;
  return verifySignature(alg, createPublicKey({ key: client.jwk as JsonWebKey, format: 'jwk' }), input, signature);
}

function parseObject(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Refused below, like every other text that is not a JSON object.
  }
  throw new InvalidClient('The client assertion is not a JWT');
}
