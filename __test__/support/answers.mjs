import assert from 'node:assert/strict';
import http from 'node:http';
import https from 'node:https';

const JSON_TYPE = 'application/json; charset=utf-8';

const answer = (status, challenge, message) => ({
  status,
  challenge,
  contentType: JSON_TYPE,
  body: JSON.stringify({ message }),
});

/** What a guard may answer (RFC 6750 section 3), to the byte. */
export const ANSWERS = {
  missing: answer(401, 'Bearer', 'unauthorized'),
  invalid: answer(401, 'Bearer error="invalid_token"', 'unauthorized'),
  forbidden: answer(403, 'Bearer error="insufficient_scope"', 'forbidden'),
  unavailable: answer(503, undefined, 'service unavailable'),
  internal: answer(500, undefined, 'internal server error'),
};

/** One request over a connection of its own; resolves to what came back. */
export function send(url, { method = 'GET', token, headers = {}, ...options } = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: { ...authorization, ...headers }, agent: false, ...options });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status, headers: received } = response;
        const body = Buffer.concat(chunks).toString('utf8');
        const challenge = received['www-authenticate'];
        resolve({ status, challenge, contentType: received['content-type'], body, headers: received });
      });
    });
    outgoing.end();
  });
}

/** Compares status, challenge, content type and body. */
export function assertAnswer({ status, challenge, contentType, body }, expected, message) {
  assert.deepEqual({ status, challenge, contentType, body, message }, { ...expected, message });
}

/** The request passed; resolves to the JSON that the route answered. */
export function assertPassed({ status, challenge, body }, message) {
  assert.deepEqual({ status, challenge, message }, { status: 200, challenge: undefined, message });
  return JSON.parse(body);
}
