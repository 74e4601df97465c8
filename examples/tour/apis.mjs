import http from 'node:http';
import https from 'node:https';
import { protectApi as protectExpress } from '@monocloud/backend-node/express';
import { protectApi as protectFastify } from '@monocloud/backend-node/fastify';
import express from 'express';
import Fastify from 'fastify';

/** What each API asks for. */
export const ROUTES = {
  '/me': {},
  '/orders': { scopes: ['orders:read'] },
  '/admin': { groups: ['admin'] },
  '/account': { validateCertificateBinding: true },
};

/** Starts both APIs on 127.0.0.1, each over http, and over https with a request for a client certificate. */
export async function startApis(tenant) {
  const { certificate, key } = await tenant.serverCertificate();
  // A request without a certificate, or with an unknown one, is for the guard to answer, not for the handshake.
  const tls = { cert: certificate, key, ca: tenant.ca, requestCert: true, rejectUnauthorized: false };
  return Promise.all([startFastify(tenant.clientOptions, tls), startExpress(tenant.clientOptions, tls)]);
}

async function startFastify(clientOptions, tls) {
  const protect = protectFastify({
    ...clientOptions,
    certificateResolver: (request) => certificateOf(request.raw.socket),
  });
  const apps = [null, tls].map((https) => {
    const app = Fastify({ https, forceCloseConnections: true });
    for (const [path, asked] of Object.entries(ROUTES)) {
      app.get(path, { onRequest: protect(asked) }, async (request) => ({ subject: request.claims.sub }));
    }
    return app;
  });
  const [url, secureUrl] = await Promise.all(apps.map((app) => app.listen({ host: '127.0.0.1', port: 0 })));
  return { name: 'Fastify', url, secureUrl, close: () => Promise.all(apps.map((app) => app.close())) };
}

async function startExpress(clientOptions, tls) {
  const protect = protectExpress({
    ...clientOptions,
    certificateResolver: (request) => certificateOf(request.socket),
  });
  const app = express();
  for (const [path, asked] of Object.entries(ROUTES)) {
    app.get(path, protect(asked), (request, response) => response.json({ subject: request.claims.sub }));
  }
  const servers = [http.createServer(app), https.createServer(tls, app)];
  const [port, securePort] = await Promise.all(servers.map(listen));
  return {
    name: 'Express',
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://127.0.0.1:${securePort}`,
    close: () => Promise.all(servers.map(close)),
  };
}

/** The base64 of the DER; undefined over http and without a certificate. */
function certificateOf(socket) {
  return socket.getPeerCertificate?.().raw?.toString('base64');
}

function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
