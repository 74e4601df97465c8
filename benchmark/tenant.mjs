// The tenant, in a process of its own: discovery, keys, and an introspection endpoint that knows every token.
import { createServer } from 'node:http';

const listener = { jwks: '{"keys":[]}', discovery: '', answer: '' };

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    request.resume();
    request.once('end', () => reply(response, listener.answer));
    return;
  }
  reply(response, request.url === '/jwks' ? listener.jwks : listener.discovery);
});
server.keepAliveTimeout = 120_000;

function reply(response, body) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  listener.discovery = JSON.stringify({
    issuer,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/introspect`,
  });
  process.send({ issuer });
});
process.on('message', ({ jwks, introspected }) => {
  listener.jwks = JSON.stringify(jwks);
  listener.answer = JSON.stringify({ active: true, token_type: 'Bearer', ...introspected });
  process.send({ ready: true });
});
process.on('disconnect', () => process.exit());
