import { atLeast } from '../goals.mjs';
import { timesAsFast } from '../rounds.mjs';
import { CONCURRENT, measureUnique } from './unique-tokens.mjs';

export const title = 'Unique EdDSA tokens, 64 in flight';
export const workload = 'validateAccessToken; every token is new, 64 wait for their verdicts at any time';

export const tokens = (size) => ({ EdDSA: size.tokens });

export async function run(context) {
  const results = await measureUnique(context, { alg: 'EdDSA', names: CONCURRENT, inFlight: 64 });
  return {
    results,
    goals: [
      atLeast('rate of jose', 2.8, timesAsFast(results, 'jose')),
      atLeast('rate of fast-jwt', 5, timesAsFast(results, 'fast-jwt')),
    ],
    notes: [],
  };
}
