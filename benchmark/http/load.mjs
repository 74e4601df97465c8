// The load, in a process of its own: every connection sends its next request when it has its answer.
import { connect } from 'node:net';
import { once } from 'node:events';
import { TokenPool } from '../tokens.mjs';

const HEAD_END = Buffer.from('\r\n\r\n');
const pools = new Map();

process.on('message', async ({ port, connections, tokens, first, distinct, count }) => {
  const requests = requestsOf(tokens, first, distinct);
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const start = performance.now();
  const progress = { sent: 0, count, requests };
  const failures = await Promise.all(sockets.map((socket) => drain(socket, progress)));
  const seconds = (performance.now() - start) / 1000;
  for (const socket of sockets) socket.destroy();
  process.send({ seconds, failures: failures.reduce((sum, failed) => sum + failed, 0) });
});
process.on('disconnect', () => process.exit());

/** The bytes of one request for each of the tokens. */
function requestsOf(tokens, first, distinct) {
  if (!pools.has(tokens.file)) pools.set(tokens.file, new TokenPool(tokens));
  const pool = pools.get(tokens.file);
  return Array.from({ length: distinct }, (_, index) => requestWith(pool.at(first + index)));
}

function requestWith(token) {
  return Buffer.from(
    `GET /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    'latin1',
  );
}

async function open(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends while there is something to send; resolves to how many answers were not 200. */
function drain(socket, progress) {
  return new Promise((resolve, reject) => {
    let failed = 0;
    let pending;
    // Answers of one route are equally long: the usual one is known by its length alone.
    let usual = -1;
    const next = () => {
      if (progress.sent === progress.count) {
        resolve(failed);
        return;
      }
      socket.write(progress.requests[progress.sent % progress.requests.length]);
      progress.sent += 1;
    };
    socket.on('data', (chunk) => {
      const bytes = pending ? Buffer.concat([pending, chunk]) : chunk;
      if (bytes.length !== usual) {
        if (bytes.length < lengthOf(bytes)) {
          pending = bytes;
          return;
        }
        usual = bytes.length;
      }
      pending = undefined;
      // "HTTP/1.1 200"
      if (bytes[9] !== 0x32 || bytes[10] !== 0x30) failed += 1;
      next();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(failed));
    next();
  });
}

/** Of the whole answer, as its head says; Infinity while the head is not there. */
function lengthOf(bytes) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return Infinity;
  const length = /content-length: (\d+)/i.exec(bytes.latin1Slice(0, end));
  return end + HEAD_END.length + Number(length?.[1] ?? 0);
}
