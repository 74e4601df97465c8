import { AGAIN, canJudge, OURS, prepare } from '../contenders/index.mjs';
import { interleave, load } from '../rounds.mjs';
import { TokenPool } from '../tokens.mjs';

/**
 * Every token is new to the contender that gets it. Both forms of this package share their verdicts, as clients of a
 * process do: each has tokens of its own.
 */
export async function measureUnique(context, { alg, names, inFlight }) {
  const half = Math.floor(context.size.tokens / 2);
  const pool = new TokenPool(context.tokens[alg]);
  const contenders = [];
  for (const name of [OURS, AGAIN, ...names].filter((each) => canJudge(each, alg))) {
    const contender = await prepare(name, context, alg);
    const next = pool.once(name === AGAIN ? half : 0, half);
    contenders.push({ ...contender, run: load(contender, next, inFlight) });
  }
  const { rounds } = context.size;
  const warmUp = Math.min(2, rounds);
  return interleave(contenders, { rounds, warmUp, count: Math.floor(half / (rounds + warmUp)) });
}

/** What is measured with many tokens in flight: those that answer at once gain nothing from it. */
export const CONCURRENT = [
  'jose',
  'fast-jwt',
  'node:crypto',
  'aws-jwt-verify',
  '@node-rs/jsonwebtoken, async',
  'express-oauth2-jwt-bearer',
  'published SDK (stand-in)',
];
