import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { main, Stop } from './commands.mjs';

// Mixed load against a tenant that misbehaves in turns: `npm run soak -- --minutes 10`, or `--seconds 20`.
// Fails when a valid token is refused, a rejection goes unhandled, memory grows, or something keeps the process alive.

const require = createRequire(import.meta.url);

/** MiB; phases in which everything fails at once fill the heap far more than others. */
const GROWTH = 96;
/** Seconds; shorter runs end before the memory has settled, and only print it. */
const SETTLING = 60;
const FAULTS = [
  {},
  { disconnect: true },
  { stall: true },
  { truncate: true },
  { body: '<html></html>' },
  { body: '{"keys":[]}' },
  { status: 429, headers: { 'retry-after': '1' } },
];

const unhandled = [];

if (process.send) {
  await serve();
} else {
  process.on('unhandledRejection', (error) => unhandled.push(error));
  await main(soak);
}

async function soak() {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, seconds: { type: 'string' } } });
  const seconds = values.seconds === undefined ? Number(values.minutes ?? 10) * 60 : Number(values.seconds);
  if (!(seconds > 0)) throw new Stop('How long? --minutes and --seconds take positive numbers.');
  const tenant = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ options, tokens }] = await once(tenant, 'message');
  const load = { tokens, tally: {}, wrong: [] };
  tenant.on('message', (message) => Object.assign(load, message));

  const clients = clientsOf(options);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000 / seconds;
  const spans = Math.max(16, Math.round(seconds / 10));
  let [span, warm] = [0, 0];
  while (elapsed() < 1) {
    await batch(clients, load);
    if (!warm && elapsed() > 0.4) warm = resident();
    if (Math.floor(elapsed() * spans) > span) {
      span = Math.floor(elapsed() * spans);
      tenant.send({ fault: span % 2 === 1 ? FAULTS[(span >> 1) % FAULTS.length] : null, rotate: span % 4 === 2 });
    }
  }
  await recover(clients, load, tenant);
  const end = resident();
  tenant.disconnect();
  // Nothing of ours may keep the process alive; this timer itself does not.
  setTimeout(() => {
    console.error(`Still alive: ${process.getActiveResourcesInfo().join(', ')}`);
    process.exit(1);
  }, 15_000).unref();
  return report(load, warm, end, seconds);
}

function clientsOf(options) {
  const { MonoCloudBackendNodeClient } = require('../dist/index.js');
  const common = { ...options, responseTimeout: 1000, jwksCacheDuration: 2, metadataCacheDuration: 2 };
  const quick = { ...common, jwksCooldownDuration: 0.5 };
  return [
    new MonoCloudBackendNodeClient(common),
    new MonoCloudBackendNodeClient({ ...quick, fetcher: (...args) => fetch(...args) }),
    new MonoCloudBackendNodeClient({ ...quick, introspectJwtTokens: true }),
  ];
}

/**
 * Outages may answer a valid token with an error of the infrastructure, never with a refusal. A key that has just been
 * published may be unknown for as long as the cooldown lasts.
 */
async function batch(clients, { tokens, tally, wrong }) {
  const note = (what) => (tally[what] = (tally[what] ?? 0) + 1);
  const validate = async (client, token, valid) => {
    try {
      await client.validateAccessToken(token);
      note('accepted');
      if (!valid) wrong.push(new Error('A forged token was accepted'));
    } catch (error) {
      note(error.reason ?? error.constructor.name);
      const refused = error.constructor.name === 'MonoCloudTokenError' && error.reason !== 'key_not_found';
      if (valid && refused) wrong.push(error);
    }
  };
  await Promise.all(
    clients.flatMap((client) => [
      ...tokens.valid.map((token) => validate(client, token, true)),
      ...tokens.forged.map((token) => validate(client, token, false)),
      validate(client, withKid(tokens.valid[0], randomUUID()), false),
      validate(client, randomUUID(), false),
    ]),
  );
}

/** When the tenant is well again, every client takes every valid token. */
async function recover(clients, { tokens, wrong }, tenant) {
  tenant.send({ last: true });
  await once(tenant, 'message');
  for (const client of clients) {
    await client.getMetadata(true).catch(() => client.getMetadata(true));
    await client.getJwks(true);
    for (const token of tokens.valid) await accept(client, token).catch((error) => wrong.push(error));
  }
}

/** The tenant may have asked for a pause that is still running. */
async function accept(client, token) {
  try {
    await client.validateAccessToken(token);
  } catch (error) {
    if (error.retryAfter === undefined) throw error;
    await sleep(error.retryAfter * 1000 + 50);
    await client.validateAccessToken(token);
  }
}

function report({ tally, wrong }, warm, end, seconds) {
  console.log(
    Object.entries(tally)
      .map(([what, times]) => `${what}: ${times}`)
      .join('\n'),
  );
  console.log(`RSS after warm-up: ${warm.toFixed(1)} MiB, after ${seconds} s: ${end.toFixed(1)} MiB`);
  for (const error of [...wrong, ...unhandled].slice(0, 5)) console.error(error);
  console.log(`Wrong verdicts: ${wrong.length}, unhandled rejections: ${unhandled.length}`);
  return wrong.length + unhandled.length === 0 && (seconds < SETTLING || end - warm < GROWTH) ? 0 : 1;
}

/** MiB, after a garbage collection where `--expose-gc` allows it. */
function resident() {
  globalThis.gc?.();
  return process.memoryUsage.rss() / (1 << 20);
}

function withKid(token, kid) {
  const [header, ...rest] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString('utf8')), kid };
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.');
}

/** The tenant, in a process of its own so that its memory does not count. */
async function serve() {
  const { createTestTenant } = require('../dist/testing/index.js');
  const tenant = await createTestTenant({ algorithms: ['ES256', 'RS256', 'EdDSA'] });
  const issue = async () => {
    const long = { expiresIn: 86_400 };
    const valid = ['ES256', 'RS256', 'EdDSA'].map((alg) => tenant.issue({ ...long, alg }));
    const opaque = tenant.issue({ ...long, opaque: true });
    const forged = ['tampered', 'expired', 'wrongKey'].map((kind) => tenant.forge(kind));
    return { valid: await Promise.all([...valid, opaque]), forged: await Promise.all(forged) };
  };
  process.once('disconnect', () => tenant.close());
  process.on('message', async ({ fault, rotate, last }) => {
    tenant.requests.length = 0;
    tenant.recover();
    if (last) process.send({});
    if (fault) {
      const endpoints = fault.body?.startsWith('{') ? ['discovery', 'jwks'] : ['discovery', 'jwks', 'introspection'];
      endpoints.forEach((endpoint) => tenant.fail({ endpoint, ...fault }));
    }
    if (rotate) {
      await tenant.rotateKeys({ keepOld: true });
      process.send({ tokens: await issue() });
    }
  });
  process.send({ options: tenant.clientOptions, tokens: await issue() });
}
