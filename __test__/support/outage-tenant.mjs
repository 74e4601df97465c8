import { createRequire } from 'node:module';
import { setImmediate as turn } from 'node:timers/promises';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';

const { createTestTenant } = createRequire(import.meta.url)('../../dist/testing/index.js');

/** What carries the requests: the native transport, or the application's own `fetch`. */
export const TRANSPORTS = [
  ['native', {}],
  ['JavaScript', { fetcher: (...args) => fetch(...args) }],
];

/** A tenant that ends with the test. */
export async function tenantFor(t, options) {
  const tenant = await createTestTenant(options);
  t.after(() => tenant.close());
  return tenant;
}

export function clientOf(tenant, options) {
  return new MonoCloudBackendNodeClient({ ...tenant.clientOptions, ...options });
}

/** How many requests an endpoint has seen. */
export function count(tenant, endpoint) {
  return tenant.requests.filter((request) => request.endpoint === endpoint).length;
}

/** From now on discovery and keys, or the named endpoints, answer with this fault. */
export function breakDown(tenant, fault = {}, endpoints = ['discovery', 'jwks']) {
  endpoints.forEach((endpoint) => tenant.fail({ endpoint, ...fault }));
}

/** Waits for a condition; fails loudly when it does not come about in `limit` milliseconds. */
export async function until(condition, what, limit = 20_000) {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited ${limit} ms in vain for ${what}`);
    await turn();
  }
}

/** Validates until the condition holds; every validation has to succeed. */
export async function validateUntil(client, token, condition, what) {
  await until(async () => {
    await client.validateAccessToken(token);
    return condition();
  }, what);
}

/** A wall clock that the test moves; `Date.now()` follows it until the test ends. */
export function movableClock(t) {
  const real = Date.now;
  let offset = 0;
  t.mock.method(Date, 'now', () => real.call(Date) + offset);
  return {
    /** Seconds, forth or back. */
    advance(seconds) {
      offset += seconds * 1000;
    },
  };
}

/** The errors among the outcomes. */
export async function errorsOf(promises) {
  const settled = await Promise.allSettled(promises);
  return settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
}

export function repeat(times, action) {
  return Array.from({ length: times }, (_, index) => action(index));
}

/** The most fetches that pauses of 1, 2, 4, 8, 16, 30, 30 … seconds allow in so many seconds. */
export function allowedProbes(seconds) {
  let [probes, start, pause] = [1, 1, 2];
  for (; start <= seconds; start += pause, pause = Math.min(pause * 2, 30)) probes += 1;
  return probes;
}

/** This token under a header that names another key. Its signature is void, which nobody finds out without the key. */
export function withKid(token, kid) {
  const [header, ...rest] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString('utf8')), kid };
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.');
}
