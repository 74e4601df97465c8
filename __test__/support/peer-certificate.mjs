import { once } from 'node:events';
import https from 'node:https';
import { send } from './answers.mjs';

/** What `read` makes of the server's end of one connection that `client` has opened. */
export async function askOverTls(t, { tls, presenting }, client, read) {
  let found;
  const server = https.createServer(tls, (request, response) => {
    found = read(request.socket);
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  await send(`https://127.0.0.1:${server.address().port}`, presenting(client));
  return found;
}
