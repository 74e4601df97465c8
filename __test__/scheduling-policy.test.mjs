import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextPhase } from 'node:timers/promises';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const LIGHT = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const HEAVY = ['ES384', 'ES512'];

let tenant;
const tokens = {};

before(async () => {
  tenant = await createTestTenant({ algorithms: [...LIGHT, ...HEAVY] });
  for (const alg of [...LIGHT, ...HEAVY]) tokens[alg] = await tenant.issue({ alg });
});

after(() => tenant.close());

async function clientFor(signatureOffload) {
  const { issuer: tenantDomain, audience } = tenant;
  const client = new MonoCloudBackendNodeClient({ tenantDomain, audience, jwtCache: false, signatureOffload });
  await client.getJwks();
  await quiet();
  return client;
}

/** Whatever was judged before belongs to a turn of the event loop that is over. */
async function quiet() {
  for (let i = 0; i < 3; i += 1) await nextPhase();
}

/**
 * Whether it settles without another turn of the event loop, which the pool needs to tell its verdicts; the microtasks are
 * many more than any validation takes.
 */
async function settlesAtOnce(promise) {
  let settled = false;
  promise.then(() => (settled = true));
  for (let i = 0; i < 50; i += 1) await undefined;
  return settled;
}

async function places(promises) {
  const atOnce = await Promise.all(promises.map(settlesAtOnce));
  await Promise.all(promises);
  return atOnce.map((here) => (here ? 'here' : 'pool'));
}

describe('where a signature is checked', () => {
  it("is here with 'never', in the pool with 'always'", async () => {
    for (const [mode, place] of [
      ['never', 'here'],
      ['always', 'pool'],
    ]) {
      const client = await clientFor(mode);
      for (const alg of [...LIGHT, ...HEAVY]) {
        const token = tokens[alg];
        assert.deepEqual(await places([client.validateAccessToken(token)]), [place], alg);
        assert.deepEqual(await places([token, token].map((each) => client.validateAccessToken(each))), [place, place]);
      }
    }
  });

  it('depends on its weight for a lone request', async () => {
    const client = await clientFor('auto');
    for (const alg of [...LIGHT, ...HEAVY]) {
      const place = HEAVY.includes(alg) ? 'pool' : 'here';
      assert.deepEqual(await places([client.validateAccessToken(tokens[alg])]), [place], alg);
      await quiet();
    }
  });

  it('is the pool for all but the first of those that are made together', async () => {
    const client = await clientFor('auto');
    const together = ['RS256', 'ES256', 'EdDSA', 'RS256'].map((alg) => client.validateAccessToken(tokens[alg]));
    assert.deepEqual(await places(together), ['here', 'pool', 'pool', 'pool']);
  });

  it('is here for those that follow one another', async () => {
    const client = await clientFor('auto');
    for (let i = 0; i < 20; i += 1) {
      assert.deepEqual(await places([client.validateAccessToken(tokens.RS256)]), ['here']);
    }
  });

  it('is the pool while others wait for it, whoever asks', async () => {
    const [client, other] = [await clientFor('auto'), await clientFor('auto')];
    const heavy = client.validateAccessToken(tokens.ES512);
    const light = other.validateJwtAccessToken(tokens.RS256);
    assert.deepEqual(await places([heavy, light]), ['pool', 'pool']);
    await quiet();
    assert.deepEqual(await places([client.validateAccessToken(tokens.RS256)]), ['here']);
  });

  it('is the pool for the second callback of the same turn of the event loop', async () => {
    const client = await clientFor('auto');
    const [validations, made] = [[], []];
    const callback = () => {
      const validation = client.validateAccessToken(tokens.RS256);
      validations.push(validation);
      made.push(settlesAtOnce(validation));
    };
    await new Promise((resolve) => [callback, callback, resolve].forEach((each) => setImmediate(each)));
    assert.deepEqual(await Promise.all(made), [true, false]);
    await Promise.all(validations);
    await quiet();
    await new Promise((resolve) => setImmediate(() => resolve(callback())));
    assert.deepEqual(await Promise.all(made), [true, false, true]);
  });
});
