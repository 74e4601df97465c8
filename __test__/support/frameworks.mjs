import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import * as expressDoor from '@monocloud/backend-node/express';
import * as fastifyDoor from '@monocloud/backend-node/fastify';
import express5 from 'express';
import express4 from 'express4';
import fastify5 from 'fastify';
import fastify4 from 'fastify4';

/** Large enough for a token of a megabyte in a header. */
const MAX_HEADER_SIZE = 4 << 20;

/**
 * The frameworks behind one door. `listen(t, routes, options)` starts a real server for the length of a test and
 * resolves to its base URL. A route is `{ path, method = 'GET', guard, handle }`, where `handle(request)` answers the
 * JSON body; without it the claims are. `options.tls` makes it an HTTPS server; `options.configure(app)` comes first.
 */
export const FRAMEWORKS = [
  express('Express 4', express4),
  express('Express 5', express5),
  fastify('Fastify 4', fastify4),
  fastify('Fastify 5', fastify5),
];

/** One of each family, for what does not depend on the version. */
export const CURRENT_FRAMEWORKS = FRAMEWORKS.filter(({ name }) => name.endsWith('5'));

const claimsOf = (request) => request.claims;

function express(name, create) {
  const listen = async (t, routes, { tls, configure } = {}) => {
    const app = create();
    // Keeps Express from printing the stack of every error.
    app.set('env', 'test');
    configure?.(app);
    for (const { path, method = 'GET', guard, handle = claimsOf } of routes) {
      const guards = guard === undefined ? [] : [guard];
      app[method.toLowerCase()](path, ...guards, (request, response) => response.json(handle(request)));
    }
    app.use((error, _request, response, next) => {
      if (response.headersSent) next(error);
      else response.status(error.statusCode ?? error.status ?? 500).json({ route: error.message });
    });
    const options = { maxHeaderSize: MAX_HEADER_SIZE, ...tls };
    const server = tls ? https.createServer(options, app) : http.createServer(options, app);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return baseUrl(server, tls);
  };
  return { name, family: 'express', protectApi: expressDoor.protectApi, listen, socketOf: ({ socket }) => socket };
}

function fastify(name, create) {
  const listen = async (t, routes, { tls, configure } = {}) => {
    const server = tls
      ? { https: { maxHeaderSize: MAX_HEADER_SIZE, ...tls } }
      : { http: { maxHeaderSize: MAX_HEADER_SIZE } };
    const app = create({ ...server, forceCloseConnections: true });
    app.setErrorHandler((error, _request, reply) =>
      reply.status(error.statusCode ?? error.status ?? 500).send({ route: error.message }),
    );
    await configure?.(app);
    for (const { path, method = 'GET', guard, handle = claimsOf } of routes) {
      const onRequest = guard === undefined ? [] : [guard];
      app.route({ method, url: path, onRequest, handler: async (request) => handle(request) });
    }
    t.after(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    return baseUrl(app.server, tls);
  };
  return { name, family: 'fastify', protectApi: fastifyDoor.protectApi, listen, socketOf: ({ raw }) => raw.socket };
}

function baseUrl(server, tls) {
  return `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
}
