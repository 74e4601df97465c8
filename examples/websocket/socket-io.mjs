import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { authenticateUpgrade, MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { Server } from 'socket.io';

const server = createServer({
  cert: readFileSync(process.env.TLS_CERT),
  key: readFileSync(process.env.TLS_KEY),
  ca: readFileSync(process.env.TLS_CLIENT_CA),
  requestCert: true,
  rejectUnauthorized: false,
});
// With polling, the connection that has shown the certificate may be gone when the middleware runs.
const io = new Server(server, { transports: ['websocket'] });

// One of the two for each namespace: a certificate for services, a token for people.
const certificate = { clientCertificate: { allowSubjectCNs: ['svc-a'] } };
const client = new MonoCloudBackendNodeClient();

io.of('/services').use(async (socket, next) => {
  const { clientCertificate, refusal } = await authenticateUpgrade(socket.request, certificate);
  socket.data.name = clientCertificate?.subjectCN;
  next(refusal);
});

io.of('/people').use(async (socket, next) => {
  // The client sends it as io(url, { auth: { token } }).
  const tokenResolver = () => String(socket.handshake.auth.token ?? '');
  const { claims, refusal } = await authenticateUpgrade(socket.request, { client, tokenResolver });
  socket.data.name = claims?.sub;
  next(refusal);
});

for (const name of ['/services', '/people']) {
  io.of(name).on('connection', (socket) => socket.emit('hello', socket.data.name));
}

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on https://127.0.0.1:${server.address().port}`);
});
