import assert from 'node:assert/strict';
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
} from './support/outage-tenant.mjs';

for (const [transport, options] of TRANSPORTS) {
  describe(`Introspection in an outage, ${transport} transport`, () => {
    for (const status of [429, 503]) {
      it(`leaves the tenant alone for the Retry-After of a ${status}`, async (t) => {
        const tenant = await tenantFor(t);
        const client = clientOf(tenant, options);
        const tokens = await Promise.all(repeat(20, () => tenant.issue({ opaque: true })));
        tenant.fail({ endpoint: 'introspection', status, headers: { 'retry-after': '1' }, times: 1 });
        const start = performance.now();
        const first = await client.validateAccessToken(tokens[0]).then(assert.fail, (error) => error);
        assert.deepEqual([first.constructor.name, first.status], ['MonoCloudHttpError', status]);
        const errors = await errorsOf(tokens.map((token) => client.validateAccessToken(token)));
        if (performance.now() - start < 1000) {
          assert.deepEqual([errors.length, count(tenant, 'introspection')], [20, 1]);
        }
        assert.ok(errors.every(({ retryAfter }) => retryAfter > 0 && retryAfter <= 1));
        await client.validateAccessToken(await tenant.issue());
        const answered = async () => (await errorsOf([client.validateAccessToken(tokens[0])])).length === 0;
        await until(answered, 'the end of the pause');
        assert.ok(performance.now() - start >= 990);
        assert.equal(count(tenant, 'introspection'), 2);
      });
    }

    it('asks again at once when the tenant names no pause', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ opaque: true });
      breakDown(tenant, { times: 1 }, ['introspection']);
      await assert.rejects(client.validateAccessToken(token), { status: 503 });
      await client.validateAccessToken(token);
    });

    it('goes on with stale metadata while discovery is down', async (t) => {
      const tenant = await tenantFor(t);
      const clock = movableClock(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ opaque: true, expiresIn: 86_400 });
      await client.validateAccessToken(token);
      breakDown(tenant);
      clock.advance(3000);
      assert.deepEqual(await errorsOf(repeat(20, () => client.validateAccessToken(token))), []);
      assert.equal(count(tenant, 'discovery'), 2);
      clock.advance(3600);
      await assert.rejects(client.validateAccessToken(token), { status: 503 });
    });

    it('answers 503 with the time to come back when discovery is down from the start', async (t) => {
      const tenant = await tenantFor(t);
      breakDown(tenant);
      const client = clientOf(tenant, options);
      const errors = await errorsOf(
        repeat(50, async () => client.validateAccessToken(await tenant.issue({ opaque: true }))),
      );
      assert.equal(errors.length, 50);
      assert.ok(errors.every(({ status, retryAfter }) => status === 503 && retryAfter > 0));
      assert.equal(count(tenant, 'discovery'), 1);
      tenant.recover();
      await client.getMetadata();
      await client.validateAccessToken(await tenant.issue({ opaque: true }));
    });

    it('lives on its cache while the tenant is down', async (t) => {
      const tenant = await tenantFor(t);
      const entries = new Map();
      const cache = {
        get: async (key) => entries.get(key),
        set: async (key, entry) => void entries.set(key, entry),
        delete: async () => undefined,
      };
      const client = clientOf(tenant, { ...options, cache });
      const [active, inactive] = [await tenant.issue({ opaque: true }), await tenant.issue({ opaque: true })];
      tenant.revoke(inactive);
      await client.validateAccessToken(active);
      await assert.rejects(client.validateAccessToken(inactive), { code: 'inactive_token' });
      breakDown(tenant, {}, ['discovery', 'introspection']);
      await client.validateAccessToken(active);
      await assert.rejects(client.validateAccessToken(inactive), { code: 'inactive_token' });
      await assert.rejects(client.validateAccessToken('another'), { status: 503 });
      assert.equal(count(tenant, 'introspection'), 3);
    });
  });
}
