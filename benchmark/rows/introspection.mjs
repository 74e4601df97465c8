import { fetch as undiciFetch } from 'undici';
import { AGAIN, OURS, versionOf } from '../contenders/index.mjs';
import { createClient } from '../contenders/this-package.mjs';
import { PublishedSdk } from '../contenders/published-sdk.mjs';
import { atLeast, atMost } from '../goals.mjs';
import { CREDENTIALS, opaqueTokens } from '../opaque.mjs';
import { interleave, load, timesAsFast } from '../rounds.mjs';

const TOKENS = 4_096;
const IN_FLIGHT = 64;
const UNDICI = 'undici fetch';

export const title = 'Introspection, round trips';
export const workload = `introspectAccessToken; opaque tokens, no cache, ${IN_FLIGHT} in flight, the tenant in another process on the same machine`;

export async function run(context) {
  const clients = [OURS, AGAIN].map((name) => [name, createClient(context, CREDENTIALS)]);
  const ways = [
    ...clients.map(([name, client]) => ({ name, validate: (token) => client.introspectAccessToken(token) })),
    { name: UNDICI, version: versionOf('undici'), validate: byFetch(context, undiciFetch) },
    { name: 'global fetch', validate: byFetch(context, fetch) },
    { name: 'published SDK (stand-in)', validate: bySdk(context) },
  ];
  const contenders = [];
  for (const way of ways) {
    const claims = await way.validate(opaqueTokens(1)());
    if (claims.sub === undefined) throw new Error(`${way.name} gives no claims`);
    contenders.push({ ...way, run: load(way, opaqueTokens(TOKENS), IN_FLIGHT) });
  }
  const slice = context.size.slice * 4;
  const results = await interleave(contenders, { ...context.size, slice });
  const [ours, , undici] = results;
  const share = ours.mainThread === undefined ? undefined : { median: ours.mainThread / undici.mainThread };
  return {
    results,
    goals: [
      atLeast('rate of undici fetch', 1.3, timesAsFast(results, UNDICI)),
      atMost("of undici fetch's main thread", 0.5, share),
    ],
    notes: ['The tenant has the second core; where it is the slower side, rates meet and only processor time differs.'],
  };
}

function byFetch({ issuer, audience }, get) {
  return async (token) => {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    body.set('client_id', CREDENTIALS.clientId);
    body.set('client_secret', CREDENTIALS.clientSecret);
    const response = await get(`${issuer}/introspect`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: body.toString(),
    });
    if (response.status !== 200) throw new Error('Status');
    const { active, ...claims } = await response.json();
    const now = Math.floor(Date.now() / 1000);
    const valid = active === true && claims.iss === issuer && claims.aud === audience && claims.exp > now - 60;
    if (!valid) throw new Error('Refused');
    return claims;
  };
}

function bySdk(context) {
  const sdk = new PublishedSdk(context);
  return (token) => sdk.introspectAccessToken(token);
}
