const { MonoCloudBackendNodeClient, protectApi } = require('@monocloud/backend-node/express');
const express = require('express');

// Options given here win over MONOCLOUD_BACKEND_*. One client can serve several guards.
const client = new MonoCloudBackendNodeClient({
  clockTolerance: 30,
  groupOptions: { groupsClaim: 'groups', matchAll: true },
});

const protect = protectApi(client, {
  // A token from elsewhere; without one here, the Authorization header is read.
  tokenResolver: (request) => request.get('x-access-token'),
});

const app = express();

app.get('/me', protect(), (request, response) => {
  response.json({ subject: request.claims.sub });
});

app.get('/admin', protect({ groups: ['admin', 'staff'] }), (request, response) => {
  response.json({ users: [] });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
