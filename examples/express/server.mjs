import { protectApi } from '@monocloud/backend-node/express';
import express from 'express';

// The tenant and the audience come from MONOCLOUD_BACKEND_TENANT_DOMAIN and MONOCLOUD_BACKEND_AUDIENCE.
const protect = protectApi();
const app = express();

app.get('/me', protect(), (request, response) => {
  response.json({ subject: request.claims.sub });
});

app.get('/orders', protect({ scopes: ['orders:read'] }), (request, response) => {
  response.json({ orders: [] });
});

app.get('/admin', protect({ groups: ['admin'] }), (request, response) => {
  response.json({ users: [] });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
