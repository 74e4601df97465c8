// One guarded (or unguarded) API in a process of its own; tells its processor time between two questions.
import { createRequire } from 'node:module';
import { processorTime, since } from '../processor-time.mjs';
import { expressMiddleware, fastifyHook } from './guards.mjs';

const require = createRequire(import.meta.url);

const frameworks = { fastify: serveFastify, express: serveExpress };

process.once('message', async ({ framework, name, context }) => {
  const port = await frameworks[framework](name, context);
  let start;
  process.on('message', (question) => {
    if (question === 'start') {
      start = processorTime();
      process.send({});
    } else {
      process.send(since(start));
    }
  });
  process.send({ port });
});
process.on('disconnect', () => process.exit());

async function serveFastify(name, context) {
  const app = require('fastify')();
  const onRequest = await fastifyHook(name, context, app);
  await app.register(async (routes) => {
    routes.get('/orders', onRequest ? { onRequest } : {}, async () => ({ orders: [] }));
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}

async function serveExpress(name, context) {
  const app = require('express')();
  app.disable('x-powered-by');
  app.get('/orders', await expressMiddleware(name, context), (_request, response) => {
    response.json({ orders: [] });
  });
  app.use((error, _request, response, _next) => {
    response
      .status(error.status ?? 500)
      .set(error.headers ?? {})
      .json({ message: error.message });
  });
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  server.keepAliveTimeout = 120_000;
  return server.address().port;
}
