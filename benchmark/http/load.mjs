// The load, in a process of its own: every connection sends its next request when it has its answer.
import { connect } from 'node:net';
import { once } from 'node:events';
import { processorTime, since } from '../processor-time.mjs';
import { TokenPool } from '../tokens.mjs';

const HEAD_END = Buffer.from('\r\n\r\n');
const pools = new Map();

process.on('message', async ({ port, connections, tokens, first, distinct, count }) => {
  const requests = requestsOf(tokens, first, distinct);
  const progress = { sent: 0, count, requests };
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(port, progress)));
  const before = processorTime();
  const start = performance.now();
  const failures = await Promise.all(lanes.map((lane) => lane.drain()));
  const seconds = (performance.now() - start) / 1000;
  const { all } = since(before);
  for (const { socket } of lanes) socket.destroy();
  process.send({ seconds, all, failures: failures.reduce((sum, failed) => sum + failed, 0) });
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

/** A connection that sends while there is something to send; `drain` resolves to how many answers were not 200. */
async function openLane(port, progress) {
  const lane = { failed: 0, pending: undefined, usual: -1, settle: undefined };
  const next = () => {
    if (progress.sent === progress.count) {
      lane.settle.resolve(lane.failed);
      return;
    }
    socket.write(progress.requests[progress.sent % progress.requests.length]);
    progress.sent += 1;
  };
  const receive = (length, buffer) => {
    if (isWhole(lane, buffer.subarray(0, length))) next();
    return true;
  };
  const onread = { buffer: Buffer.allocUnsafe(16_384), callback: receive };
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
  await once(socket, 'connect');
  const drain = () =>
    new Promise((resolve, reject) => {
      lane.settle = { resolve, reject };
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('The server closed a connection')));
      next();
    });
  return { socket, drain };
}

/** Whether these bytes complete an answer. Answers of one route are equally long: the usual one is known by its length. */
function isWhole(lane, chunk) {
  const bytes = lane.pending ? Buffer.concat([lane.pending, chunk]) : chunk;
  if (bytes.length !== lane.usual) {
    if (bytes.length < lengthOf(bytes)) {
      lane.pending = Buffer.from(bytes);
      return false;
    }
    lane.usual = bytes.length;
  }
  lane.pending = undefined;
  // "HTTP/1.1 200"
  if (bytes[9] !== 0x32 || bytes[10] !== 0x30) lane.failed += 1;
  return true;
}

/** Of the whole answer, as its head says; Infinity while the head is not there. */
function lengthOf(bytes) {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return Infinity;
  const length = /content-length: (\d+)/i.exec(bytes.latin1Slice(0, end));
  return end + HEAD_END.length + Number(length?.[1] ?? 0);
}
