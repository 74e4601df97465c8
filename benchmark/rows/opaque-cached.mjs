import { AGAIN, OURS } from '../contenders/index.mjs';
import { MapCache, PublishedSdk } from '../contenders/published-sdk.mjs';
import { createClient } from '../contenders/this-package.mjs';
import { atLeast } from '../goals.mjs';
import { CREDENTIALS, opaqueTokens, proveOpaque } from '../opaque.mjs';
import { interleave, load, timesAsFast } from '../rounds.mjs';

const TOKENS = 64;
const IN_FLIGHT = 64;
const SDK = 'published SDK (stand-in), Map';

export const title = 'Opaque tokens, found in memory';
export const workload = `validateAccessToken; ${TOKENS} opaque tokens that have been introspected, a fresh string each time, ${IN_FLIGHT} in flight`;

export async function run(context) {
  const clients = {
    [OURS]: createClient(context, { ...CREDENTIALS, cache: 'memory' }),
    [AGAIN]: createClient(context, { ...CREDENTIALS, cache: 'memory' }),
    [`${OURS}, Map`]: createClient(context, { ...CREDENTIALS, cache: new MapCache() }),
    [SDK]: new PublishedSdk(context, new MapCache()),
  };
  const contenders = [];
  for (const [name, client] of Object.entries(clients)) {
    const next = opaqueTokens(TOKENS);
    const validate = (token, options) => client.validateAccessToken(token, options);
    for (let token = 0; token < TOKENS; token += 1) await proveOpaque({ name, validate }, next());
    contenders.push({ name, run: load({ validate }, next, IN_FLIGHT) });
  }
  const loop = { validate: async (token) => token };
  contenders.push({ name: 'the loop alone', run: load(loop, opaqueTokens(TOKENS), IN_FLIGHT) });
  const results = await interleave(contenders, context.size);
  return {
    results,
    goals: [atLeast("rate of the published SDK's way with a Map", 3, timesAsFast(results, SDK))],
    notes: [
      'With a Map the published SDK answers with the cached object itself; here every caller gets an object of its own, ' +
        'tokens are found by their SHA-256, and the cache is bounded.',
    ],
  };
}
