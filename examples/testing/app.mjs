import { protectApi } from '@monocloud/backend-node/fastify';
import Fastify from 'fastify';

export function createApp(options) {
  const protect = protectApi(options);
  const app = Fastify();
  app.get('/orders', { onRequest: protect({ scopes: ['orders:read'] }) }, async () => ({ orders: [] }));
  return app;
}
