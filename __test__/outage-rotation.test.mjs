import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  TRANSPORTS,
  breakDown,
  clientOf,
  count,
  errorsOf,
  movableClock,
  repeat,
  tenantFor,
  until,
  withKid,
} from './support/outage-tenant.mjs';

const REFUSED = { code: 'invalid_token', reason: 'key_not_found' };

for (const [transport, options] of TRANSPORTS) {
  describe(`Rotation, ${transport} transport`, () => {
    it('accepts a token of a new key on first use, and the old key until it leaves the set', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, { ...options, jwksCooldownDuration: 0 });
      const old = await tenant.issue();
      await client.validateAccessToken(old);
      await tenant.rotateKeys({ keepOld: true });
      const next = await tenant.issue();
      const errors = await errorsOf(repeat(50, () => client.validateAccessToken(next)));
      assert.deepEqual(errors, []);
      assert.equal(count(tenant, 'jwks'), 2);
      await client.validateAccessToken(old);
      await tenant.rotateKeys();
      await client.validateAccessToken(old);
      await client.validateAccessToken(await tenant.issue());
      await assert.rejects(client.validateAccessToken(old), REFUSED);
      assert.equal(count(tenant, 'discovery'), 1);
    });

    it('asks at most once per cooldown about keys that do not exist, while valid traffic goes on', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue();
      await client.validateAccessToken(token);
      const valid = [];
      const refused = [];
      for (let batch = 0; batch < 100; batch += 1) {
        const unknown = repeat(100, () => client.validateAccessToken(withKid(token, randomUUID())));
        valid.push(client.validateAccessToken(token), client.validateAccessToken(token));
        refused.push(...(await errorsOf(unknown)));
      }
      assert.deepEqual(await errorsOf(valid), []);
      assert.equal(refused.length, 10_000);
      assert.ok(refused.every(({ code, reason }) => code === REFUSED.code && reason === REFUSED.reason));
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 2]);
    });

    it('looks again when the cooldown is over', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, { ...options, jwksCooldownDuration: 0.2 });
      const token = await tenant.issue();
      await client.validateAccessToken(token);
      const start = performance.now();
      await until(async () => {
        await assert.rejects(client.validateAccessToken(withKid(token, randomUUID())), REFUSED);
        return count(tenant, 'jwks') === 4;
      }, 'three looks for unknown keys');
      assert.ok(performance.now() - start >= 400, 'each but the first look waits for the cooldown');
      await client.validateAccessToken(token);
    });

    it('accepts known keys while a look for an unknown one gets no answer', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue();
      await client.validateAccessToken(token);
      tenant.fail({ endpoint: 'jwks', stall: true });
      let over = false;
      const unknown = client.validateAccessToken(withKid(token, 'unknown')).finally(() => (over = true));
      unknown.catch(() => undefined);
      await until(() => count(tenant, 'jwks') === 2, 'the look for the unknown key');
      assert.deepEqual(await errorsOf(repeat(100, () => client.validateAccessToken(token))), []);
      assert.equal(over, false);
      await tenant.close();
      await assert.rejects(unknown, { name: 'Error', reason: 'network_failed' });
    });

    it('does not blame the token when the look for its key fails', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, { ...options, jwksCooldownDuration: 0 });
      const old = await tenant.issue();
      await client.validateAccessToken(old);
      await tenant.rotateKeys();
      const next = await tenant.issue();
      breakDown(tenant);
      const errors = await errorsOf(repeat(20, () => client.validateAccessToken(next)));
      assert.equal(errors.length, 20);
      assert.ok(errors.every(({ status, retryAfter }) => status === 503 && retryAfter > 0));
      assert.equal(count(tenant, 'jwks'), 2);
      await client.validateAccessToken(old);
      tenant.recover();
      await until(
        () => client.validateAccessToken(next).then(Boolean, ({ status }) => assert.equal(status, 503)),
        'the new key',
      );
      await assert.rejects(client.validateAccessToken(old), REFUSED);
    });

    it('finds a new key that carries the kid of none before', async (t) => {
      const tenant = await tenantFor(t, { algorithms: ['RS256'] });
      const client = clientOf(tenant, options);
      await client.validateAccessToken(await tenant.issue());
      await client.validateAccessToken(await tenant.issue({ alg: 'ES256' }));
      assert.equal(count(tenant, 'jwks'), 2);
    });
  });

  describe(`Key sets that are none, ${transport} transport`, () => {
    const unusable = [
      ['without keys', { keys: [] }],
      ['of unusable keys', { keys: [{ kty: 'oct', k: 'AAAA' }, { kty: 'RSA' }] }],
      ['that is no key set', { error: 'maintenance' }],
      ['that is null', null],
      ['whose keys are no array', { keys: {} }],
      ['cut short', '{"keys":[{"kty":"EC"'],
      ['of HTML', '<!doctype html><title>Maintenance</title>'],
      ['of nothing', ''],
    ];
    for (const [what, body] of unusable) {
      it(`never replaces good keys by a set ${what}`, async (t) => {
        const tenant = await tenantFor(t);
        const clock = movableClock(t);
        const client = clientOf(tenant, { ...options, jwksCacheDuration: 100 });
        const token = await tenant.issue({ expiresIn: 7200 });
        await client.validateAccessToken(token);
        tenant.fail({ endpoint: 'jwks', body: body === null ? 'null' : body });
        await assert.rejects(client.getJwks(true), { name: 'Error' });
        await client.validateAccessToken(token);
        clock.advance(101);
        await client.validateAccessToken(token);
        await assert.rejects(client.validateAccessToken(withKid(token, 'unknown')));
        await client.validateAccessToken(token);
        tenant.recover();
        await client.getJwks(true);
        await client.validateAccessToken(token);
      });
    }

    it('never replaces good metadata by an object that names no endpoint', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const metadata = await client.getMetadata();
      tenant.fail({ endpoint: 'discovery', body: { status: 'maintenance' } });
      await assert.rejects(client.getMetadata(true), { name: 'Error', reason: 'document_malformed' });
      assert.deepEqual(await client.getMetadata(), metadata);
      await client.validateAccessToken(await tenant.issue());
    });
  });
}
