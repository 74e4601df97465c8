import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;
const TOLERANCE = 60;
const CACHE_DURATION = 300;

const PARAMETERS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', hash: 'SHA-256', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', hash: 'SHA-384', namedCurve: 'P-384' },
};

/**
 * The way of the SDK as it was published (0.3.9): the same steps in the same order, the key imported for every token.
 * A stand-in written from its observed behaviour, not its code.
 */
export class PublishedSdk {
  #issuer;
  #audience;
  #cache;
  #jwks;
  #jwksExpiry = 0;

  constructor({ issuer, audience }, cache) {
    this.#issuer = issuer;
    this.#audience = audience;
    this.#cache = cache;
  }

  async validateAccessToken(token, { scopes, groups } = {}) {
    if (typeof token !== 'string' || token.trim().length === 0) throw new Error('Access token must be a string');
    if (token.split('.').length === 3) return this.validateJwtAccessToken(token, { scopes, groups });
    let claims = await this.#cached(token);
    if (claims === undefined) {
      claims = await this.introspectAccessToken(token);
      const limit = now() + CACHE_DURATION;
      await this.#cache.set(token, claims, claims.exp === undefined ? limit : Math.min(claims.exp, limit));
    }
    this.validateClaims(claims, scopes, groups);
    await this.validateCertificateBinding(claims);
    return claims;
  }

  async validateJwtAccessToken(token, { scopes, groups } = {}) {
    const parts = token.split('.');
    const header = objectOf(parts[0]);
    if (header.crit !== undefined) throw new Error('crit');
    const signature = Uint8Array.from(decode(parts[2]), (character) => character.charCodeAt(0));
    const { keys } = await this.getJwks();
    const key = await importKey(keys, header);
    const input = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
    if (!(await subtle.verify(PARAMETERS[header.alg], key, signature, input))) throw new Error('Signature');
    const claims = objectOf(parts[1]);
    this.validateClaims(claims, scopes, groups);
    await this.validateCertificateBinding(claims);
    return claims;
  }

  async getJwks() {
    if (this.#jwksExpiry > now()) return this.#jwks;
    const response = await fetch(`${this.#issuer}/jwks`);
    this.#jwks = await response.json();
    this.#jwksExpiry = now() + CACHE_DURATION;
    return this.#jwks;
  }

  async introspectAccessToken(token) {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token', client_id: 'api', client_secret: 's' });
    const response = await fetch(`${this.#issuer}/introspect`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: body.toString(),
    });
    if (response.status !== 200) throw new Error('Introspection');
    const { active, ...claims } = await response.json();
    if (!active) throw new Error('Inactive');
    this.validateClaims(claims);
    await this.validateCertificateBinding(claims);
    return claims;
  }

  validateClaims({ iss, sub, aud, exp, nbf, scope, groups: member }, scopes, groups) {
    const current = now();
    if (iss !== this.#issuer) throw new Error('Invalid Issuer');
    if (sub && typeof sub !== 'string') throw new Error('Invalid subject');
    if (!(Array.isArray(aud) ? aud : [aud]).includes(this.#audience)) throw new Error('Invalid audience claim');
    if (exp !== undefined && (typeof exp !== 'number' || exp <= current - TOLERANCE)) throw new Error('exp');
    if (nbf !== undefined && (typeof nbf !== 'number' || nbf > current + TOLERANCE)) throw new Error('nbf');
    if (scopes?.length) {
      const held = new Set((scope ?? '').split(/\s+/));
      if (!scopes.every((one) => held.has(one))) throw new Error('Token is missing required scopes');
    }
    if (groups !== undefined && !groups.some((group) => member?.includes(group))) {
      throw new Error('Token is missing required groups');
    }
  }

  async validateCertificateBinding({ cnf }) {
    if (cnf !== undefined && cnf !== null) throw new Error('Client certificate is not present');
  }

  async #cached(token) {
    const hit = await this.#cache?.get(token);
    if (hit === null || hit === undefined) return undefined;
    if (hit.active === false && typeof hit.exp === 'number' && hit.exp > now()) throw new Error('Inactive');
    if (hit.active === false) return undefined;
    const alive = hit.exp === undefined || (typeof hit.exp === 'number' && hit.exp > now() - TOLERANCE);
    return alive ? hit : undefined;
  }
}

/** The cache that its users wrote: a Map behind promises. */
export class MapCache {
  #entries = new Map();

  async get(key) {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt <= now()) return undefined;
    return entry.claims;
  }

  async set(key, claims, expiresAt) {
    this.#entries.set(key, { claims, expiresAt });
  }

  async delete(key) {
    this.#entries.delete(key);
  }
}

export function create(context) {
  const sdk = new PublishedSdk(context);
  return { validate: (token) => sdk.validateAccessToken(token) };
}

async function importKey(keys, { alg, kid }) {
  const kty = alg.startsWith('ES') ? 'EC' : 'RSA';
  const fitting = keys.filter(
    (jwk) =>
      jwk.kty === kty &&
      (kid === undefined || jwk.kid === kid) &&
      (jwk.alg === undefined || jwk.alg === alg) &&
      (jwk.use === undefined || jwk.use === 'sig') &&
      (jwk.key_ops === undefined || jwk.key_ops.includes('verify')),
  );
  if (fitting.length !== 1 || !(alg in PARAMETERS)) throw new Error('No key');
  const { ext: _ext, key_ops: _operations, use: _use, ...jwk } = fitting[0];
  return subtle.importKey('jwk', jwk, PARAMETERS[alg], true, ['verify']);
}

function objectOf(part) {
  const value = JSON.parse(decode(part));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('Not an object');
  return value;
}

function decode(part) {
  return atob(part.replace(/-/g, '+').replace(/_/g, '/'));
}

function now() {
  return Math.floor(Date.now() / 1000);
}
