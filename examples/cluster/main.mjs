// Four processes guard one API and share what the tenant said about a token in Redis. One of them revokes the token,
// and all of them refuse it. Needs `npm run build`, and REDIS_URL or a `redis-server` in the path.
import cluster from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createTestTenant } from '../../dist/testing/index.js';
import { findRedis } from './redis.mjs';

const WORKERS = 4;

const [redis, tenant] = await Promise.all([findRedis(), createTestTenant()]);
const url = await startWorkers();

const token = await tenant.issue({ opaque: true, scopes: ['orders:read'] });
const officer = await tenant.issue({ opaque: true, scopes: ['tokens:revoke'] });

await everyWorker('a token that is active', 200);
tenant.revoke(token);
await everyWorker('the tenant calls it inactive from now on, but the answer before is still kept', 200);
await revoke();
await everyWorker('one worker has revoked it for all', 401);
const introspections = tenant.requests.filter(({ body }) => body.includes(token)).length;
expect(`introspections of the token by ${WORKERS} workers`, introspections, 1);

await stopWorkers();
await Promise.all([tenant.close(), redis.close()]);

async function startWorkers() {
  const { tenantDomain, audience, clientId, clientSecret } = tenant.clientOptions;
  cluster.setupPrimary({ exec: fileURLToPath(new URL('worker.mjs', import.meta.url)) });
  const environment = {
    MONOCLOUD_BACKEND_TENANT_DOMAIN: tenantDomain,
    MONOCLOUD_BACKEND_AUDIENCE: audience,
    MONOCLOUD_BACKEND_CLIENT_ID: clientId,
    MONOCLOUD_BACKEND_CLIENT_SECRET: clientSecret,
    REDIS_URL: redis.url,
    CACHE_SECRET: randomBytes(32).toString('base64'),
  };
  const workers = Array.from({ length: WORKERS }, () => cluster.fork(environment));
  cluster.on('exit', (worker, code) => {
    if (!worker.exitedAfterDisconnect) throw new Error(`worker ${worker.id} ended with ${code}`);
  });
  const [[{ port }]] = await Promise.all(workers.map((worker) => once(worker, 'listening')));
  return `http://127.0.0.1:${port}`;
}

async function stopWorkers() {
  const exits = Object.values(cluster.workers).map((worker) => once(worker, 'exit'));
  cluster.disconnect();
  await Promise.all(exits);
}

/** Connections are dealt out in turn; each request makes one, until every worker has answered. */
async function everyWorker(what, expected) {
  const statuses = new Map();
  for (let tries = 0; statuses.size < WORKERS && tries < 50 * WORKERS; tries += 1) {
    const { worker, status } = await answerTo(get(`${url}/orders`, withToken(token)));
    statuses.set(worker, status);
  }
  for (const worker of [...statuses.keys()].sort()) expect(`worker ${worker}: ${what}`, statuses.get(worker), expected);
  expect('workers that answered', statuses.size, WORKERS);
}

async function revoke() {
  const options = withToken(officer, { 'content-type': 'application/json' });
  const call = request(`${url}/revocations`, { method: 'POST', ...options });
  call.end(JSON.stringify({ token }));
  const { worker, status } = await answerTo(call);
  expect(`worker ${worker}: revocation`, status, 204);
}

function withToken(bearer, headers = {}) {
  return { agent: false, headers: { authorization: `Bearer ${bearer}`, ...headers } };
}

async function answerTo(call) {
  const [response] = await once(call, 'response');
  response.resume();
  await once(response, 'end');
  return { worker: response.headers['x-worker'], status: response.statusCode };
}

function expect(what, found, expected) {
  const isRight = found === expected;
  console.log(`${isRight ? '✓' : '✗'} ${found}  ${what}${isRight ? '' : ` (expected ${expected})`}`);
  if (!isRight) process.exitCode = 1;
}
