import { createPublicKey, verify } from 'node:crypto';

const HASHES = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384', EdDSA: null };
const TOLERANCE = 60;

/** The honest way without an addon: keys made once, `verify`, `JSON.parse`, the same checks of the claims. */
export function create({ issuer, audience, jwks }) {
  const keys = new Map(jwks.keys.map((jwk) => [jwk.kid, keyOf(jwk)]));
  const validate = (token) => {
    const first = token.indexOf('.');
    const last = token.lastIndexOf('.');
    const header = JSON.parse(Buffer.from(token.slice(0, first), 'base64url').toString());
    const key = keys.get(header.kid);
    if (key === undefined || key.alg !== header.alg || header.crit !== undefined) throw new Error('No key');
    const signature = Buffer.from(token.slice(last + 1), 'base64url');
    if (!verify(HASHES[key.alg], Buffer.from(token.slice(0, last)), key.options, signature)) {
      throw new Error('Signature');
    }
    const claims = JSON.parse(Buffer.from(token.slice(first + 1, last), 'base64url').toString());
    checkClaims(claims, issuer, audience);
    return claims;
  };
  return { validate, synchronous: true };
}

function keyOf(jwk) {
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return { alg: jwk.alg, options: jwk.kty === 'EC' ? { key, dsaEncoding: 'ieee-p1363' } : key };
}

function checkClaims({ iss, sub, aud, exp, nbf }, issuer, audience) {
  const now = Math.floor(Date.now() / 1000);
  if (iss !== issuer) throw new Error('iss');
  if (sub && typeof sub !== 'string') throw new Error('sub');
  if (Array.isArray(aud) ? !aud.includes(audience) : aud !== audience) throw new Error('aud');
  if (exp !== undefined && !(typeof exp === 'number' && exp > now - TOLERANCE)) throw new Error('exp');
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + TOLERANCE)) throw new Error('nbf');
}
