import { atLeast } from '../goals.mjs';
import { timesAsFast } from '../rounds.mjs';
import { measureUnique } from './unique-tokens.mjs';

export const title = 'Unique RS256 tokens, one after the other';
export const workload = 'validateAccessToken; every token is new, the next begins when the last has its verdict';

export const tokens = (size) => ({ RS256: size.tokens });

export async function run(context) {
  const names = [
    'node:crypto',
    'fast-jwt',
    'jsonwebtoken',
    'aws-jwt-verify',
    '@node-rs/jsonwebtoken',
    '@node-rs/jsonwebtoken, async',
    'jose',
    'express-oauth2-jwt-bearer',
    'published SDK (stand-in)',
  ];
  const results = await measureUnique(context, { alg: 'RS256', names, inFlight: 1 });
  return {
    results,
    goals: [atLeast('rate of node:crypto with a cached key', 1.35, timesAsFast(results, 'node:crypto'))],
    notes: [
      'node:crypto is the way without an addon: a cached KeyObject, verify, JSON.parse and the same checks of the claims.',
      'What answers at once is called in a plain loop; what returns a promise is awaited before the next begins.',
    ],
  };
}
