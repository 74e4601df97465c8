import fastify from 'fastify';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { protectApi } from '@monocloud/backend-node/fastify';

/** Both ways to the tenant, as options of a client. */
export const TRANSPORTS = {
  native: {},
  JavaScript: { fetcher: (url, init) => fetch(url, init) },
};

/** A client whose timeout may be shorter than the options allow, in milliseconds. */
export class ImpatientClient extends MonoCloudBackendNodeClient {
  constructor({ responseTimeout, ...options }) {
    super(options);
    this.responseTimeout = responseTimeout ?? this.responseTimeout;
  }
}

/** What a guarded route answers to a token: status, challenge and message. */
export async function answerOf(client, token) {
  const app = fastify();
  app.get('/', { onRequest: protectApi(client)() }, (request) => ({ message: request.claims.sub }));
  const response = await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } });
  await app.close();
  return [response.statusCode, response.headers['www-authenticate'], response.json().message];
}
