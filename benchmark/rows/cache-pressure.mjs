import { createClient } from '../contenders/this-package.mjs';
import { OURS } from '../contenders/index.mjs';
import { atMost } from '../goals.mjs';
import { interleave, load } from '../rounds.mjs';
import { ratio } from '../statistics.mjs';
import { TokenPool } from '../tokens.mjs';
import { keepsVerdicts } from '../verdict-cache.mjs';

const IN_FLIGHT = 64;
const USUAL = 100_000;
const CYCLES = 3;

export const title = 'More tokens than the cache holds';
export const workload = `validateAccessToken; distinct RS256 tokens in a cycle, 100,000 in a whole run, ${IN_FLIGHT} in flight, with and without a cache of verdicts`;

export const tokens = ({ distinct }) => ({ RS256: distinct });

export async function run(context) {
  const { rounds, distinct } = context.size;
  const pool = new TokenPool(context.tokens.RS256);
  // With fewer tokens the cache is smaller too, so that the pressure is the same.
  const shrunk = distinct < USUAL ? { maxEntries: Math.max(1, Math.floor(distinct / 10)) } : undefined;
  const settings = [
    [`${OURS}, no cache`, false],
    [`${OURS}, no cache (again)`, false],
    [`${OURS}, cache`, shrunk],
  ];
  const contenders = [];
  for (const [name, jwtCache] of settings) {
    const client = createClient(context, jwtCache === undefined ? {} : { jwtCache });
    const validate = (token) => client.validateAccessToken(token);
    await validate(context.samples.RS256.valid);
    contenders.push({ name, run: load({ validate }, pool.cycle(0, distinct), IN_FLIGHT) });
  }
  const count = Math.ceil((distinct * CYCLES) / (rounds + 1));
  const results = await interleave(contenders, { rounds, count });
  const [off, again, on] = results.map((result) => result.rounds);
  const exists = keepsVerdicts(context);
  return {
    results,
    control: ratio(again, off),
    goals: [atMost('times the time without a cache', 1.03, exists ? ratio(on, off) : undefined)],
    notes: exists ? [] : ['This build keeps no verdicts: all three are the same.'],
  };
}
