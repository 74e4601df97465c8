import { once } from 'node:events';
import https from 'node:https';

/**
 * One request on a connection of its own, over mutual TLS if there is an identity. Resolves with the status, the
 * challenge and the JSON body.
 */
export async function exchange(url, { ca, identity, method = 'GET', token, body }) {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  };
  const { certificate: cert, key } = identity ?? {};
  const request = https.request(url, { method, headers, ca, cert, key, agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  const text = Buffer.concat(await response.toArray()).toString('utf8');
  return {
    status: response.statusCode,
    challenge: response.headers['www-authenticate'],
    body: text === '' ? undefined : JSON.parse(text),
  };
}
