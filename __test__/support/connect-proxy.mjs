import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

/**
 * A forward proxy for tunnels (RFC 9110 section 9.3.6) on 127.0.0.1: every host is found on this machine.
 *
 * `tunnels` are the authorities that were asked for, `authorizations` what came as Proxy-Authorization.
 */
export async function createConnectProxy(t, { refuseWith } = {}) {
  const tunnels = [];
  const authorizations = [];
  const sockets = new Set();
  const server = createServer((request, response) => response.writeHead(400).end());
  server.on('connect', (request, socket, head) => {
    tunnels.push(request.url);
    authorizations.push(request.headers['proxy-authorization']);
    sockets.add(socket);
    socket.on('error', () => {});
    if (refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${refuseWith} Refused\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(new URL(`http://${request.url}`).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}`, tunnels, authorizations };
}
