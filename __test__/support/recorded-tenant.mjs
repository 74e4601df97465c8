import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { generateSigningKey } = require('../../dist/testing/keys.js');
const { signToken } = require('../../dist/testing/tokens.js');

export const ISSUER = 'https://tenant.example';
export const AUDIENCE = 'https://api.example';
export const METADATA = Object.freeze({
  issuer: ISSUER,
  jwks_uri: `${ISSUER}/jwks`,
  introspection_endpoint: `${ISSUER}/introspect`,
});

const signingKeys = new Map();

/** The process's key for an algorithm, made when it is first asked for. */
export function signingKey(alg = 'ES256') {
  if (!signingKeys.has(alg)) signingKeys.set(alg, generateSigningKey(alg));
  return signingKeys.get(alg);
}

/** Claims that pass every check; members of `claims` win, undefined ones leave a claim out. */
export function soundClaims(claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: ISSUER, sub: 'user', aud: AUDIENCE, iat: now, exp: now + 300, ...claims };
}

/** A JWT over sound claims. */
export async function soundJwt(claims, { header, alg } = {}) {
  return signToken(await signingKey(alg), soundClaims(claims), header);
}

/** A token over these very texts: whatever is in them, the signature is good. */
export async function signedTexts(headerText, payloadText, alg = 'ES256') {
  const { createSignature } = require('../../dist/testing/signatures.js');
  const input = [headerText, payloadText].map((text) => Buffer.from(text).toString('base64url')).join('.');
  const signature = createSignature(alg, (await signingKey(alg)).privateKey, input);
  return `${input}.${signature.toString('base64url')}`;
}

/**
 * A tenant that exists only as a `fetcher`. `requests` holds the arguments of every call; `answers` holds, by endpoint,
 * what is answered: a value as JSON with status 200, or a function that returns a Response.
 */
export function recordedTenant(answers = {}) {
  const requests = [];
  const tenant = {
    requests,
    answers: {
      discovery: METADATA,
      jwks: async () => jsonResponse({ keys: [(await signingKey()).publicJwk] }),
      introspection: () => jsonResponse({ active: true, ...soundClaims() }),
      ...answers,
    },
    async fetcher(...request) {
      requests.push(request);
      const answer = tenant.answers[endpointOf(request[0])];
      return typeof answer === 'function' ? answer(...request) : jsonResponse(answer);
    },
    /** How often each endpoint was asked, as `discovery jwks introspection`. */
    counts() {
      const count = (endpoint) => requests.filter(([url]) => endpointOf(url) === endpoint).length;
      return ['discovery', 'jwks', 'introspection'].map(count).join(' ');
    },
  };
  tenant.options = { tenantDomain: ISSUER, audience: AUDIENCE, fetcher: tenant.fetcher };
  tenant.introspecting = { ...tenant.options, clientId: 'api', clientSecret: 'secret' };
  return tenant;
}

export function jsonResponse(value, init) {
  return new Response(JSON.stringify(value), init);
}

function endpointOf(url) {
  if (url.endsWith('/.well-known/openid-configuration')) return 'discovery';
  return url.endsWith('/jwks') ? 'jwks' : 'introspection';
}
