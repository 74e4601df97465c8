import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { authenticateUpgrade, MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';
import { WebSocketServer } from 'ws';

const server = createServer({
  cert: readFileSync(process.env.TLS_CERT),
  key: readFileSync(process.env.TLS_KEY),
  ca: readFileSync(process.env.TLS_CLIENT_CA),
  requestCert: true,
  rejectUnauthorized: false,
});

// Made once: what is wrong with it is found before the first client comes.
const options = {
  client: new MonoCloudBackendNodeClient(),
  scopes: ['orders:read'],
  certificateResolver: clientCertificateResolver({ source: 'tls' }),
  // A browser's WebSocket has no Authorization header: new WebSocket(url, ['orders', `bearer.${token}`]).
  tokenResolver: ({ headers }) => {
    const protocols = headers['sec-websocket-protocol']?.split(/, */) ?? [];
    return protocols.find((protocol) => protocol.startsWith('bearer.'))?.slice('bearer.'.length);
  },
};

// The token's own protocol is never chosen, so that it does not come back in the answer.
const handleProtocols = (protocols) => (protocols.has('orders') ? 'orders' : false);
const sockets = new WebSocketServer({ noServer: true, handleProtocols });

server.on('upgrade', async (request, socket, head) => {
  const { claims, refusal } = await authenticateUpgrade(request, options);
  if (refusal) {
    refusal.writeTo(socket);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    // A connection outlives its token unless somebody ends it.
    const left = Math.min(claims.exp * 1000 - Date.now(), 2 ** 31 - 1);
    const timer = setTimeout(() => webSocket.close(4401, 'token expired'), left);
    webSocket.on('close', () => clearTimeout(timer));
    webSocket.send(`hello ${claims.sub}`);
  });
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on wss://127.0.0.1:${server.address().port}`);
});
