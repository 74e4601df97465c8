import { createServer } from 'node:http';
import { MonoCloudBackendNodeClient, MonoCloudTokenError } from '@monocloud/backend-node';

const client = new MonoCloudBackendNodeClient();

const server = createServer(async (request, response) => {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) {
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    return;
  }
  try {
    const claims = await client.validateAccessToken(token, { scopes: ['orders:read'] });
    response.end(JSON.stringify({ subject: claims.sub }));
  } catch (error) {
    // `reason` and `message` are for your log, not for the caller.
    console.error(error.reason, error.message);
    if (!(error instanceof MonoCloudTokenError)) {
      response.writeHead(503).end();
    } else if (error.code === 'insufficient_scope') {
      response.writeHead(403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end();
    } else {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    }
  }
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
