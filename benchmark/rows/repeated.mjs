import { AGAIN, OURS, prepare } from '../contenders/index.mjs';
import { atLeast } from '../goals.mjs';
import { interleave, load, timesAsFast } from '../rounds.mjs';
import { TokenPool } from '../tokens.mjs';

const TOKENS = 64;
const IN_FLIGHT = 64;

export const title = 'Repeated tokens';
export const workload = `validateAccessToken; ${TOKENS} RS256 tokens again and again, a fresh string each time, ${IN_FLIGHT} in flight`;

const HASHED = 'fast-jwt, cache';
const KEYED = 'fast-jwt, cache by token';
const SDK = 'published SDK (stand-in)';

export const tokens = () => ({ RS256: TOKENS });

const LOOPS = [
  { name: 'the loop alone', validate: async (token) => token },
  { name: 'the loop alone, synchronous', validate: (token) => token, synchronous: true },
];

export async function run(context) {
  const pool = new TokenPool(context.tokens.RS256);
  const names = [OURS, AGAIN, HASHED, KEYED, 'jose', SDK];
  const contenders = [];
  for (const name of names) {
    const contender = await prepare(name, context, 'RS256');
    contenders.push({ ...contender, run: load(contender, pool.cycle(0, TOKENS), IN_FLIGHT) });
  }
  for (const loop of LOOPS) contenders.push({ ...loop, run: load(loop, pool.cycle(0, TOKENS), IN_FLIGHT) });
  const results = await interleave(contenders, context.size);
  return {
    results,
    goals: [
      atLeast('rate of fast-jwt with its cache', 4, timesAsFast(results, HASHED)),
      atLeast('rate of fast-jwt with its cache keyed by the token itself', 4, timesAsFast(results, KEYED)),
      atLeast('rate of jose', 50, timesAsFast(results, 'jose')),
      atLeast("rate of the published SDK's way", 80, timesAsFast(results, SDK)),
    ],
    notes: [
      'The loop alone makes the string and calls a function that does nothing: that much of every figure is the harness.',
      'fast-jwt answers at once and is called in a plain loop, without an await. As it comes, its cache finds tokens by ' +
        'a hash; its documentation has a quicker form that keeps whole tokens as keys.',
    ],
  };
}
