import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  TRANSPORTS,
  allowedProbes,
  breakDown,
  clientOf,
  count,
  errorsOf,
  movableClock,
  repeat,
  tenantFor,
  until,
  validateUntil,
} from './support/outage-tenant.mjs';

const DAY = 86_400;

for (const [transport, options] of TRANSPORTS) {
  describe(`A tenant that goes down, ${transport} transport`, () => {
    for (const [how, fault] of [
      ['answers 503', {}],
      ['cuts its answers short', { truncate: true }],
    ]) {
      it(`leaves valid traffic alone for jwksStaleDuration when it ${how}`, async (t) => {
        const tenant = await tenantFor(t);
        const clock = movableClock(t);
        const client = clientOf(tenant, options);
        const token = await tenant.issue({ expiresIn: DAY });
        await client.validateAccessToken(token);
        breakDown(tenant, fault);
        clock.advance(300);
        const start = performance.now();
        await validateUntil(client, token, () => count(tenant, 'jwks') === 3, 'a second probing request');
        const probes = allowedProbes((performance.now() - start) / 1000);
        assert.ok(count(tenant, 'jwks') - 1 <= probes && count(tenant, 'discovery') - 1 <= probes);

        clock.advance(3540);
        await client.validateAccessToken(token);
        clock.advance(60);
        const [error] = await errorsOf([client.validateAccessToken(token)]);
        assert.equal(error?.constructor.name, 'MonoCloudHttpError');
        assert.ok(error.retryAfter > 0);
        tenant.recover();
        await client.getJwks();
        await client.validateAccessToken(token);
      });
    }

    it('refuses at the expiry when jwksStaleDuration is 0', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, { ...options, jwksStaleDuration: 0 });
      const token = await tenant.issue({ expiresIn: DAY });
      await client.validateAccessToken(token);
      breakDown(tenant);
      clock.advance(299);
      await client.validateAccessToken(token);
      clock.advance(1);
      await assert.rejects(client.validateAccessToken(token), { status: 503 });
    });

    it('gives the caller of getJwks and getMetadata fresh documents or none', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ expiresIn: DAY });
      const keys = await client.getJwks();
      breakDown(tenant);
      clock.advance(299);
      assert.deepEqual(await client.getJwks(), keys);
      clock.advance(1);
      await assert.rejects(client.getMetadata(), { status: 503 });
      await assert.rejects(client.getJwks(), { status: 503 });
      await assert.rejects(client.getJwks(true), { status: 503 });
      await client.validateAccessToken(token);
      tenant.recover();
      assert.deepEqual(await client.getJwks(), keys, 'no pause keeps the caller from asking');
    });

    it('serves stale keys a second after a refresh got no answer', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ expiresIn: DAY });
      await client.validateAccessToken(token);
      breakDown(tenant, { stall: true });
      clock.advance(301);
      assert.deepEqual(await errorsOf(repeat(100, () => client.validateAccessToken(token))), []);
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [2, 1]);
    });

    it('waits for a refresh that is quick, so that a withdrawn key ends at the expiry', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ expiresIn: DAY });
      await client.validateAccessToken(token);
      await tenant.rotateKeys();
      await client.validateAccessToken(token);
      clock.advance(300);
      const errors = await errorsOf(repeat(100, () => client.validateAccessToken(token)));
      assert.ok(errors.every(({ code }) => code === 'invalid_token'));
      assert.equal(errors.length, 100);
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [2, 2]);
    });
  });

  describe(`A cold start without a tenant, ${transport} transport`, () => {
    it('answers 503 with the time to come back, asks once per step, and recovers by itself', async (t) => {
      const tenant = await tenantFor(t);
      breakDown(tenant);
      const client = clientOf(tenant, options);
      const token = await tenant.issue();
      const start = performance.now();
      const errors = [];
      await until(async () => {
        errors.push(...(await errorsOf(repeat(100, () => client.validateAccessToken(token)))));
        return errors.length >= 500;
      }, '500 validations');
      const names = new Set(errors.map((error) => error.constructor.name));
      assert.deepEqual([...names], ['MonoCloudHttpError']);
      assert.ok(errors.every(({ status, retryAfter }) => status === 503 && retryAfter > 0 && retryAfter <= 36));
      const attempts = count(tenant, 'discovery');
      assert.ok(attempts <= allowedProbes((performance.now() - start) / 1000));
      assert.equal(count(tenant, 'jwks'), 0);

      tenant.recover();
      const recovered = async () => (await errorsOf([client.validateAccessToken(token)])).length === 0;
      await until(recovered, 'the recovery');
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [attempts + 1, 1]);
    });

    it('follows the Retry-After of the tenant up to 30 s', async (t) => {
      const tenant = await tenantFor(t);
      breakDown(tenant, { status: 429, headers: { 'retry-after': '3600' } });
      const client = clientOf(tenant, options);
      const token = await tenant.issue();
      for (const error of await errorsOf(repeat(3, () => client.validateAccessToken(token)))) {
        assert.equal(error.status, 429);
        assert.ok(error.retryAfter > 29 && error.retryAfter <= 30, String(error.retryAfter));
      }
      assert.equal(count(tenant, 'discovery'), 1);
    });
  });

  describe(`A clock that jumps, ${transport} transport`, () => {
    for (const days of [1, -1]) {
      it(`by ${days} day fetches anew and goes on`, async (t) => {
        const tenant = await tenantFor(t);
        const clock = movableClock(t);
        const client = clientOf(tenant, options);
        await client.validateAccessToken(await tenant.issue());
        for (const [jump, fetches] of [days, -days, days].map((jump, index) => [jump, index + 2])) {
          clock.advance(jump * DAY);
          await client.validateAccessToken(await tenant.issue());
          assert.equal(count(tenant, 'jwks'), fetches);
        }
        await client.validateAccessToken(await tenant.issue());
        assert.equal(count(tenant, 'jwks'), 4);
      });
    }

    it('wedges no pause', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      breakDown(tenant);
      const client = clientOf(tenant, options);
      await assert.rejects(client.validateAccessToken(await tenant.issue()), { status: 503 });
      clock.advance(-DAY);
      tenant.recover();
      const token = await tenant.issue();
      await until(async () => (await errorsOf([client.validateAccessToken(token)])).length === 0, 'the recovery');
    });
  });

  describe(`Refreshing ahead, ${transport} transport`, () => {
    it('happens in the last tenth of the lifetime, in the background, once', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ expiresIn: DAY });
      await client.validateAccessToken(token);
      clock.advance(269);
      await client.validateAccessToken(token);
      assert.equal(count(tenant, 'jwks'), 1);
      clock.advance(1);
      tenant.fail({ endpoint: 'discovery', delay: 300, times: 1 });
      const start = performance.now();
      assert.deepEqual(await errorsOf(repeat(100, () => client.validateAccessToken(token))), []);
      assert.equal(count(tenant, 'jwks'), 1, `nobody waited, ${performance.now() - start} ms`);
      await until(() => count(tenant, 'jwks') === 2, 'the refresh');
      await until(async () => (await client.getJwks()) && true, 'the new keys');
      clock.advance(40);
      await client.validateAccessToken(token);
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [2, 2]);
    });

    it('brings new keys before anybody needs them', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, { ...options, jwksCooldownDuration: 3600 });
      const token = await tenant.issue({ expiresIn: DAY });
      await client.validateAccessToken(token);
      await tenant.rotateKeys();
      clock.advance(299);
      await client.validateAccessToken(token);
      const refused = async () => (await errorsOf([client.validateAccessToken(token)])).length === 1;
      await until(refused, 'the withdrawal of the old key');
    });

    it('does not happen while nobody validates', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      await client.getJwks();
      clock.advance(299);
      await client.getJwks();
      await client.getMetadata();
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 1]);
    });
  });
}
