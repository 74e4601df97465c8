import { ask, start } from '../children.mjs';
import { OURS, versionOf } from '../contenders/index.mjs';
import { atLeast, atMost } from '../goals.mjs';
import { each, interleave } from '../rounds.mjs';
import { decimal } from '../report/numbers.mjs';
import { median, ratio, summary } from '../statistics.mjs';
import { BEARER, FASTIFY_JWT, UNGUARDED, UNGUARDED_AGAIN } from './guards.mjs';

const CONNECTIONS = 50;
const REPEATED = 64;
const WARM_UP = 1;
// Slices, of the same tokens again and again, until the server and the framework are compiled.
const COLD = 4;
const SDK = 'published SDK (stand-in)';
const CACHED = 'fast-jwt, cache by token';

export function tokensOfRoute({ rounds, requests }, repeated) {
  return { RS256: REPEATED + (repeated ? 0 : requests * (rounds + WARM_UP)) };
}

/** One route under every guard, each in a server process of its own; the load comes from another process. */
export async function measureRoute(context, { framework, repeated }) {
  const names = [UNGUARDED, UNGUARDED_AGAIN, OURS, CACHED, 'jose', BEARER, SDK];
  if (framework === 'fastify') names.splice(4, 0, FASTIFY_JWT);
  const generator = start('http/load.mjs');
  const servers = [];
  try {
    for (const name of names) servers.push(await serve(name, framework, context));
    const { rounds, requests } = context.size;
    const costs = [];
    const contenders = [];
    for (const server of servers) contenders.push(await contender(server, generator, context, repeated, costs));
    const results = await interleave(contenders, { rounds, warmUp: WARM_UP, count: requests });
    return figures(results, repeated, median(costs));
  } finally {
    for (const { child } of servers) child.disconnect();
    generator.disconnect();
  }
}

async function serve(name, framework, context) {
  const child = start('http/server.mjs');
  const { port } = await ask(child, { framework, name, context });
  if (name !== UNGUARDED && name !== UNGUARDED_AGAIN) await prove(name, port, context.samples.RS256);
  return { name, child, port };
}

async function prove(name, port, { valid, ...refused }) {
  const statusFor = async (token) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}/orders`, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  const accepted = await statusFor(valid);
  if (accepted !== 200) throw new Error(`${name} answers a valid token with ${accepted}`);
  for (const [fault, token] of Object.entries(refused)) {
    const status = await statusFor(token);
    if (status !== 401) throw new Error(`${name} answers a token that is ${fault} with ${status}`);
  }
}

async function contender({ name, child, port }, generator, { tokens, size }, repeated, costs) {
  const load = async (first, distinct, count) => {
    const asked = { port, connections: CONNECTIONS, tokens: tokens.RS256, first, distinct, count };
    const { seconds, failures, all } = await ask(generator, asked);
    if (failures > 0) throw new Error(`${name} refused ${failures} of ${count} valid requests`);
    return { time: seconds * 1e6, cost: all / count };
  };
  let fresh = REPEATED;
  const measure = async (count) => {
    await ask(child, 'start');
    const { time, cost } = repeated ? await load(0, REPEATED, count) : await load(fresh, count, count);
    const processor = await ask(child, 'stop');
    fresh += count;
    costs.push(cost);
    return each({ time, ...processor }, count);
  };
  await load(0, REPEATED, COLD * size.requests);
  return { name, version: [BEARER, FASTIFY_JWT, 'jose'].includes(name) ? versionOf(name) : undefined, measure };
}

function figures(results, repeated, cost) {
  const found = (name) => results.find((result) => result.name === name);
  const [ours, none, again] = [OURS, UNGUARDED, UNGUARDED_AGAIN].map(found);
  const rate = (name) => ratio(found(name).rounds, ours.rounds);
  const guard = ours.mainThread === undefined ? undefined : { median: ours.mainThread - none.mainThread };
  const control = ratio(again.rounds, none.rounds);
  const goals = repeated
    ? [
        atLeast('rate of the unguarded route, within A/A', Number(noise(control).toFixed(3)), rate(UNGUARDED)),
        atMost('µs of the main thread for the guard', 1, guard),
        atLeast('rate of jose', 1, rate('jose')),
        atLeast("rate of express-oauth2-jwt-bearer's verifier", 1, rate(BEARER)),
      ]
    : [
        atLeast('rate of the unguarded route', 0.65, rate(UNGUARDED)),
        atLeast('rate of jose', 2, rate('jose')),
        atLeast("rate of express-oauth2-jwt-bearer's verifier", 1.8, rate(BEARER)),
      ];
  return {
    results: results.map((result) => ({ ...result, guard: guardOf(result, none) })),
    columns: 'requests',
    control: { ...control, unguarded: summary(none.rounds) },
    goals,
    notes: [
      `${CONNECTIONS} connections, each with one request at a time, from another process that shares the cores. ` +
        `It spends ${decimal(cost)} µs a request itself: a server that needs less waits for it. ` +
        'The guard is the main thread of the guarded server less that of the unguarded one.',
    ],
  };
}

/** How far the slower of two identical servers may lag by noise alone. */
function noise({ low, high }) {
  return Math.min(low, 1 / high, 1);
}

function guardOf({ mainThread }, none) {
  return mainThread === undefined ? undefined : mainThread - none.mainThread;
}
