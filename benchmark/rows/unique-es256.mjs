import { atLeast, atMost, exactly } from '../goals.mjs';
import { timesAsFast } from '../rounds.mjs';
import { CONCURRENT, measureUnique } from './unique-tokens.mjs';

export const title = 'Unique ES256 tokens, 64 in flight';
export const workload = 'validateAccessToken; every token is new, 64 wait for their verdicts at any time';

export const tokens = (size) => ({ ES256: size.tokens });

export async function run(context) {
  const results = await measureUnique(context, { alg: 'ES256', names: CONCURRENT, inFlight: 64 });
  return {
    results,
    goals: [
      atLeast('rate of jose', 1.5, timesAsFast(results, 'jose')),
      atLeast('rate of fast-jwt', 2.2, timesAsFast(results, 'fast-jwt')),
      atMost('µs of the main thread a token', 5, exactly(results[0].mainThread)),
    ],
    notes: [],
  };
}
