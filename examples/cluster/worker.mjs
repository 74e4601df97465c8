import cluster from 'node:cluster';
import { protectApi } from '@monocloud/backend-node/fastify';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import fastify from 'fastify';
import { createClient } from 'redis';

const redis = createClient({ url: process.env.REDIS_URL });
// Without a listener a lost connection would end the process.
redis.on('error', (error) => console.error(`redis: ${error.message}`));
await redis.connect();

const cache = new RedisIntrospectionCache({
  client: redis,
  secret: process.env.CACHE_SECRET,
  encrypt: true,
  // The default of 50 ms suits a server; a machine for development may be busy.
  timeout: 2_000,
});
// The tenant, the audience and the credentials for introspection come from MONOCLOUD_BACKEND_*.
const protect = protectApi({ cache });
const app = fastify({ forceCloseConnections: true });

app.addHook('onRequest', async (_request, reply) => {
  reply.header('x-worker', cluster.worker.id);
});

app.get('/orders', { onRequest: protect({ scopes: ['orders:read'] }) }, async ({ claims }) => {
  return { orders: [], subject: claims.sub };
});

app.post('/revocations', { onRequest: protect({ scopes: ['tokens:revoke'] }) }, async ({ body }, reply) => {
  // Rejects, and so answers 500, unless Redis confirmed it: the caller has to try again.
  await cache.revoke(body.token);
  return reply.status(204).send();
});

await app.listen({ host: '127.0.0.1', port: 0 });

process.once('disconnect', async () => {
  await app.close();
  await redis.quit();
});
