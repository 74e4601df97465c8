import { protectApi } from '@monocloud/backend-node/express';
import express from 'express';
import { MapCache } from './map-cache.mjs';

// Opaque tokens are introspected as MONOCLOUD_BACKEND_CLIENT_ID with MONOCLOUD_BACKEND_CLIENT_SECRET.
const protect = protectApi({ cache: new MapCache(), introspectionCacheDuration: 60 });
const app = express();

app.get('/me', protect(), (request, response) => {
  response.json({ subject: request.claims.sub });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
