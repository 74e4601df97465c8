import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * One GET request whose header lines go out exactly as given, on a connection of its own.
 *
 * @param options `{ path, lines: string[], ca, identity: { certificate, key }, localAddress }`; over TLS if `ca` is given
 * @returns `{ status, headers, body }`, or `{ refused }` with the code of the error when the handshake or the
 * connection failed before there was an answer
 */
export function requestLines(port, { path = '/', lines = [], ca, identity, localAddress } = {}) {
  const head = [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n');
  const address = { host: '127.0.0.1', port, localAddress };
  return new Promise((resolve) => {
    const socket =
      ca === undefined
        ? connectTcp(address)
        : connectTls({ ...address, servername: 'localhost', ca, cert: identity?.certificate, key: identity?.key });
    const chunks = [];
    let failure;
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => (failure = error.code ?? error.message));
    socket.on('close', () => {
      const answer = parseAnswer(Buffer.concat(chunks).toString('latin1'));
      resolve(answer ?? { refused: failure ?? 'closed' });
    });
    // The text of a header is bytes, not UTF-8.
    socket.write(Buffer.from(head, 'latin1'));
  });
}

function parseAnswer(text) {
  const [, status, head, body] = /^HTTP\/1\.[01] (\d{3})[^\r]*\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
  if (status === undefined) return undefined;
  const headers = Object.fromEntries(head.split('\r\n').map((line) => split(line)));
  const isChunked = headers['transfer-encoding'] === 'chunked';
  const content = isChunked ? unchunked(body) : body;
  return { status: Number(status), headers, body: Buffer.from(content, 'latin1').toString('utf8') };
}

function split(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function unchunked(body) {
  const parts = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.slice(at, end), 16);
    if (!(size > 0)) return parts.join('');
    parts.push(body.slice(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
