import { constants, createPublicKey, randomUUID, verify } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import testing from '../../dist/testing/index.js';

const { createTestTenant } = testing;

export const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

export async function tenantFor(t, options) {
  const tenant = await createTestTenant(options);
  t.after(() => tenant.close());
  return tenant;
}

export const getJson = async (url) => (await fetch(url)).json();

export function decode(token) {
  const [header, payload] = token.split('.');
  return [header, payload].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
}

export function verifies(token, jwk) {
  const [header, payload, signature] = token.split('.');
  const { alg } = decode(token)[0];
  const options = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  if (alg.startsWith('PS')) {
    Object.assign(options, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(2)) / 8 });
  }
  const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`;
  return verify(hash, Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, 'base64url'));
}

export async function introspect(url, token, form = {}, headers = {}) {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams({ token, ...form }) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export function basic(id, secret) {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

/** A POST over TLS with a client certificate, on a connection of its own. */
export async function postOverTls(url, ca, client, form) {
  const body = new URLSearchParams(form).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const request = https.request(url, {
    method: 'POST',
    ca,
    cert: client?.certificate,
    key: client?.key,
    headers,
    agent: false,
  });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) };
}

export function encodeJwt(header, claims) {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

export function assertionClaims(clientId, issuer, overrides = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { jti: randomUUID(), aud: issuer, exp: now + 60, iat: now, iss: clientId, sub: clientId, ...overrides };
}
