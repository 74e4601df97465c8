import { atLeast, atMost, exactly } from '../goals.mjs';
import { timesAsFast } from '../rounds.mjs';
import { CONCURRENT, measureUnique } from './unique-tokens.mjs';

export const title = 'Unique RS256 tokens, 64 in flight';
export const workload = 'validateAccessToken; every token is new, 64 wait for their verdicts at any time';

export const tokens = (size) => ({ RS256: size.tokens });

export async function run(context) {
  const results = await measureUnique(context, { alg: 'RS256', names: CONCURRENT, inFlight: 64 });
  return {
    results,
    goals: [
      atLeast('rate of jose', 2.5, timesAsFast(results, 'jose')),
      atMost('µs of the main thread a token', 4, exactly(results[0].mainThread)),
    ],
    notes: [],
  };
}
