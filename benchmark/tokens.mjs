import { sign } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const HASHES = { RS256: 'sha256', ES256: 'sha256', ES384: 'sha384', EdDSA: null };
const IN_FLIGHT = 64;

/** The claims of an access token as tenants issue them (RFC 9068); an RS256 token of these has 945 characters. */
export function claimsOf({ issuer, audience }, number, more = {}) {
  const now = Math.floor(Date.now() / 1000);
  const digits = String(number).padStart(9, '0');
  return {
    iss: issuer,
    sub: `auth|user-${digits}`,
    aud: audience,
    client_id: 'web-application',
    iat: now,
    nbf: now,
    exp: now + 86_400,
    jti: `token-identifier-${digits}`,
    scope: 'openid profile email orders:read',
    groups: ['staff', 'support'],
    tenant: 'example-production',
    ...more,
  };
}

/** The filler that brings a token to the length the project's numbers were taken with. */
export function fillerFor(tenant, key, alg) {
  const target = alg === 'RS256' ? 945 : 945 - 342 + signatureLength(alg);
  for (let length = 0; length < 400; length += 1) {
    const filler = 'x'.repeat(length);
    const input = signingInput(key, alg, claimsOf(tenant, 0, { note: filler }));
    if (input.length + 1 + signatureLength(alg) >= target) return filler;
  }
  return '';
}

/** One signed token. */
export async function issue(key, alg, claims) {
  const input = signingInput(key, alg, claims);
  const signature = await signed(alg, key.privateKey, Buffer.from(input));
  return `${input}.${signature.toString('base64url')}`;
}

/** Writes `count` distinct tokens of equal length into one file; resolves to how to read it. */
export async function writeTokens(file, count, tenant, key, alg) {
  const note = fillerFor(tenant, key, alg);
  const handle = openSync(file, 'w');
  let stride = 0;
  try {
    for (let from = 0; from < count; from += IN_FLIGHT) {
      const numbers = Array.from({ length: Math.min(IN_FLIGHT, count - from) }, (_, index) => from + index);
      const tokens = await Promise.all(numbers.map((number) => issue(key, alg, claimsOf(tenant, number, { note }))));
      stride ||= tokens[0].length;
      if (tokens.some((token) => token.length !== stride)) throw new Error('Tokens differ in length');
      writeSync(handle, tokens.join(''), null, 'latin1');
    }
  } finally {
    closeSync(handle);
  }
  return { file, stride, count };
}

/** Tokens in the bytes they arrive in: every reading makes a string of its own, as every request does. */
export class TokenPool {
  #bytes;
  #stride;

  constructor({ file, stride, count }) {
    this.#bytes = readFileSync(file);
    this.#stride = stride;
    this.count = count;
  }

  at(index) {
    const from = index * this.#stride;
    return this.#bytes.latin1Slice(from, from + this.#stride);
  }

  /** Round and round over `size` tokens from `first` on. */
  cycle(first, size) {
    let index = 0;
    return () => {
      const token = this.at(first + index);
      index = index + 1 === size ? 0 : index + 1;
      return token;
    };
  }

  /** `size` tokens from `first` on, each once; past the last one it throws, so that none counts twice. */
  once(first, size) {
    let index = first;
    return () => {
      if (index === first + size) throw new Error('There are no unseen tokens left');
      return this.at(index++);
    };
  }
}

function signingInput(key, alg, claims) {
  return [{ alg, typ: 'at+jwt', kid: key.kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

function signed(alg, privateKey, data) {
  const key = alg.startsWith('ES') ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey;
  return new Promise((resolve, reject) => {
    sign(HASHES[alg], data, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}

function signatureLength(alg) {
  return { RS256: 342, ES256: 86, ES384: 128, EdDSA: 86 }[alg];
}
