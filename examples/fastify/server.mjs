import { protectApi } from '@monocloud/backend-node/fastify';
import Fastify from 'fastify';

// The tenant and the audience come from MONOCLOUD_BACKEND_TENANT_DOMAIN and MONOCLOUD_BACKEND_AUDIENCE.
const protect = protectApi();
const app = Fastify();

app.get('/me', { onRequest: protect() }, async (request) => ({ subject: request.claims.sub }));

app.get('/orders', { onRequest: protect({ scopes: ['orders:read'] }) }, async () => ({ orders: [] }));

app.get('/admin', { onRequest: protect({ groups: ['admin'] }) }, async () => ({ users: [] }));

const url = await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`listening on ${url}`);
