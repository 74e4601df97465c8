import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { createServer } from 'node:https';
import clientCertificateAuth from '@monocloud/backend-node/client-certificate-auth';
import { WebSocketServer } from 'ws';

const server = createServer({
  cert: readFileSync(process.env.TLS_CERT),
  key: readFileSync(process.env.TLS_KEY),
  ca: readFileSync(process.env.TLS_CLIENT_CA),
  requestCert: true,
  rejectUnauthorized: false,
});

const authorize = clientCertificateAuth((certificate) => certificate.subject.CN === 'svc-a');
const sockets = new WebSocketServer({ noServer: true });

server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => socket.destroy());
  authorize(request, {}, (error) => {
    if (error) {
      socket.end(
        `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
    });
  });
});

sockets.on('connection', (webSocket, request) => {
  webSocket.send(`hello ${request.clientCertificate.subject.CN}`);
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on wss://127.0.0.1:${server.address().port}`);
});
