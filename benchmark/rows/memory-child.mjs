// Fills a client's cache of verdicts, or does the same work without one, and tells by how much the process has grown.
import { createClient } from '../contenders/this-package.mjs';
import { TokenPool } from '../tokens.mjs';

const PASSES = 3;

process.once('message', async ({ context, jwtCache, count }) => {
  const client = createClient(context, { jwtCache });
  const pool = new TokenPool(context.tokens.RS256);
  await pass(client, pool, count, Math.floor(count / 10));
  const before = held();
  await pass(client, pool, 0, count);
  process.send({ bytes: held() - before }, () => process.exit());
});

async function pass(client, pool, first, count) {
  for (let again = 0; again < PASSES; again += 1) {
    for (let index = 0; index < count; index += 1) await client.validateAccessToken(pool.at(first + index));
  }
}

/**
 * What is held: the objects of the JavaScript heap, and all memory outside of it. The heap's own free pages come and go
 * as the collector likes.
 */
function held() {
  for (let turn = 0; turn < 4; turn += 1) globalThis.gc();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return rss - heapTotal + heapUsed;
}
