import { once } from 'node:events';
import https from 'node:https';
import { protectApi as protectExpress } from '@monocloud/backend-node/express';
import { protectApi as protectFastify } from '@monocloud/backend-node/fastify';
import express5 from 'express';
import express4 from 'express4';
import fastify5 from 'fastify';
import fastify4 from 'fastify4';
import { exchange } from './tls-exchange.mjs';

const FRAMEWORKS = {
  'Express 4': (tls, routes) => listenWithExpress(express4, tls, routes),
  'Express 5': (tls, routes) => listenWithExpress(express5, tls, routes),
  'Fastify 4': (tls, routes) => listenWithFastify(fastify4, tls, routes),
  'Fastify 5': (tls, routes) => listenWithFastify(fastify5, tls, routes),
};

export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS);

/**
 * A guarded API over HTTPS that asks its callers for a certificate. A route answers with the claims of the token.
 *
 * @param routes `{ [path]: { client, ...protectOptions } }`
 */
export async function startTlsApi(framework, authority, routes) {
  const { certificate: cert, key } = authority.issueServer();
  const ca = authority.certificate;
  const tls = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
  const { port, close } = await FRAMEWORKS[framework](tls, Object.entries(routes));
  return {
    close,
    /** @param caller `{ token, identity }`, both optional */
    call: (path, caller) => exchange(`https://127.0.0.1:${port}${path}`, { ca, ...caller }),
  };
}

async function listenWithExpress(express, tls, routes) {
  const app = express();
  for (const [path, { client, ...options }] of routes) {
    const protect = protectExpress(client, { certificateResolver });
    app.get(path, protect(options), (request, response) => response.json(request.claims));
  }
  const server = https.createServer(tls, app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listenWithFastify(fastify, tls, routes) {
  const app = fastify({ https: tls, forceCloseConnections: true });
  for (const [path, { client, ...options }] of routes) {
    const protect = protectFastify(client, { certificateResolver });
    app.get(path, { onRequest: protect(options) }, async (request) => request.claims);
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: app.server.address().port, close: () => app.close() };
}

function certificateResolver({ socket }) {
  return socket.getPeerX509Certificate()?.toString();
}
