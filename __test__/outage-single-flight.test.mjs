import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  TRANSPORTS,
  breakDown,
  clientOf,
  count,
  errorsOf,
  repeat,
  tenantFor,
  until,
} from './support/outage-tenant.mjs';

for (const [transport, options] of TRANSPORTS) {
  describe(`Single flight, ${transport} transport`, () => {
    it('fetches metadata and keys once for a thousand validations at a cold start', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue();
      const claims = await Promise.all(repeat(1000, () => client.validateAccessToken(token)));
      assert.ok(claims.every(({ sub }) => sub === 'test-user'));
      assert.equal(new Set(claims).size, 1000, 'callers share no claims object');
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 1]);
    });

    it('asks once about a token, however many introspections wait for the answer', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ opaque: true, scopes: ['read'] });
      const claims = await Promise.all([
        ...repeat(100, () => client.validateAccessToken(token)),
        ...repeat(100, () => client.introspectAccessToken(token)),
      ]);
      assert.ok(claims.every(({ sub }) => sub === 'test-user'));
      assert.equal(new Set(claims).size, 200, 'callers share no claims object');
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'introspection')], [1, 1]);
      await client.validateAccessToken(token);
      assert.equal(count(tenant, 'introspection'), 2, 'a later call asks again');
    });

    it('checks a shared answer for each caller’s own scopes', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const token = await tenant.issue({ opaque: true, scopes: ['read'] });
      const errors = await errorsOf([
        client.validateAccessToken(token, { scopes: ['read'] }),
        client.validateAccessToken(token, { scopes: ['write'] }),
        client.validateAccessToken(token),
      ]);
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['insufficient_scope'],
      );
      assert.equal(count(tenant, 'introspection'), 1);
    });

    it('asks about each of different tokens', async (t) => {
      const tenant = await tenantFor(t);
      const client = clientOf(tenant, options);
      const tokens = await Promise.all(repeat(20, (index) => tenant.issue({ opaque: true, subject: `user-${index}` })));
      const claims = await Promise.all(tokens.map((token) => client.validateAccessToken(token)));
      assert.deepEqual(
        claims.map(({ sub }) => sub),
        repeat(20, (index) => `user-${index}`),
      );
      assert.equal(count(tenant, 'introspection'), 20);
    });

    it('shares a failure with everybody who waits', async (t) => {
      const tenant = await tenantFor(t);
      breakDown(tenant, { status: 500 }, ['introspection']);
      const client = clientOf(tenant, options);
      const opaque = await tenant.issue({ opaque: true });
      const errors = await errorsOf(repeat(50, () => client.validateAccessToken(opaque)));
      assert.deepEqual([errors.length, count(tenant, 'introspection')], [50, 1]);
      assert.ok(errors.every(({ name, status }) => name === 'Error' && status === 500));

      breakDown(tenant, { status: 500 }, ['jwks']);
      const token = await tenant.issue();
      const failed = await errorsOf(repeat(50, () => client.validateAccessToken(token)));
      assert.deepEqual([failed.length, count(tenant, 'jwks')], [50, 1]);
      assert.ok(failed.every(({ status }) => status === 500));
    });

    it('lets a forced call join the fetch under way, and only that', async (t) => {
      const tenant = await tenantFor(t);
      tenant.fail({ endpoint: 'jwks', delay: 200, times: 1 });
      const client = clientOf(tenant, options);
      const first = client.getJwks();
      await until(() => count(tenant, 'jwks') === 1, 'the first request for keys');
      await Promise.all([first, client.getJwks(), client.getJwks(true)]);
      assert.equal(count(tenant, 'jwks'), 1);
      await client.getJwks(true);
      await client.getMetadata(true);
      assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [2, 2]);
    });

    it('shares nothing between tenants', async (t) => {
      const [one, other] = [await tenantFor(t), await tenantFor(t)];
      const [atOne, atOther] = [clientOf(one, options), clientOf(other, options)];
      await atOne.validateAccessToken(await one.issue());
      await atOther.validateAccessToken(await other.issue());
      await assert.rejects(async () => atOther.validateAccessToken(await one.issue()), { code: 'invalid_token' });
      breakDown(one);
      await assert.rejects(atOne.getJwks(true), { status: 503 });
      await atOther.getJwks(true);
    });
  });
}

describe('What clients share', () => {
  it('one set of documents among clients of the native transport', async (t) => {
    const tenant = await tenantFor(t);
    const token = await tenant.issue();
    const clients = repeat(5, () => clientOf(tenant));
    await Promise.all(clients.map((client) => client.validateAccessToken(token)));
    await clientOf(tenant, { audience: tenant.audience, responseTimeout: 5000 }).validateAccessToken(token);
    assert.deepEqual([count(tenant, 'discovery'), count(tenant, 'jwks')], [1, 1]);
    // What is shared lasts as long as a client holds it.
    await clients[0].validateAccessToken(token);
  });

  it('no documents with a client that has a certificate, a fetcher or resolvers of its own', async (t) => {
    const tenant = await tenantFor(t);
    const token = await tenant.issue();
    const { certificate, key } = await tenant.certificate();
    const plain = clientOf(tenant);
    await plain.validateAccessToken(token);
    await clientOf(tenant, { clientCertificate: certificate, clientKey: key }).validateAccessToken(token);
    assert.equal(count(tenant, 'jwks'), 2);
    await clientOf(tenant, { fetcher: (...args) => fetch(...args) }).validateAccessToken(token);
    assert.equal(count(tenant, 'jwks'), 3);
    const keys = await plain.getJwks();
    let resolved = 0;
    const jwksResolver = async () => ((resolved += 1), keys);
    await clientOf(tenant, { jwksResolver }).validateAccessToken(token);
    assert.deepEqual([count(tenant, 'jwks'), resolved], [3, 1]);
  });

  it('each client’s own durations over shared documents', async (t) => {
    const tenant = await tenantFor(t);
    const client = clientOf(tenant);
    await client.getJwks();
    await clientOf(tenant, { jwksCacheDuration: 0 }).getJwks();
    assert.equal(count(tenant, 'jwks'), 2, 'zero seconds are no caching');
    await client.getJwks();
    assert.equal(count(tenant, 'jwks'), 2);
  });
});
