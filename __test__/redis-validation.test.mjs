import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudTokenError } from '@monocloud/backend-node';
import { RedisIntrospectionCache } from '@monocloud/backend-node/redis';
import { createTestTenant } from '../dist/testing/index.js';
import { libraries } from './support/redis-clients.mjs';
import { needsRedis, startRedis } from './support/redis-server.mjs';

const secret = 'a secret of at least thirty-two bytes';

describe('validateAccessToken with RedisIntrospectionCache', needsRedis, () => {
  let redis;
  let tenant;
  const connections = [];

  before(async () => {
    redis = await startRedis();
    tenant = await createTestTenant();
    for (const library of libraries) connections.push(await library.connect(redis.url));
  });
  after(async () => {
    for (const connection of connections) connection.close();
    await Promise.all([redis?.close(), tenant?.close()]);
  });

  /** One member of the fleet for each library, all with the same settings. */
  function fleet(options = {}, clientOptions = {}) {
    return connections.map(({ client }) => {
      const cache = new RedisIntrospectionCache({ client, timeout: 10_000, ...options });
      return { cache, client: new MonoCloudBackendNodeClient({ ...tenant.clientOptions, ...clientOptions, cache }) };
    });
  }

  const introspectionsOf = (token) =>
    tenant.requests.filter(({ endpoint, body }) => endpoint === 'introspection' && body.includes(token)).length;

  for (const [name, options] of [
    ['', {}],
    [', encrypted', { secret, encrypt: true, prefix: 'sealed:' }],
  ]) {
    it(`asks the tenant once for the fleet${name}`, async () => {
      const token = await tenant.issue({ opaque: true, scopes: ['orders:read'] });
      for (const { client } of fleet(options)) {
        const claims = await client.validateAccessToken(token, { scopes: ['orders:read'] });
        assert.equal(claims.sub, 'test-user');
        assert.equal(claims.active, undefined);
      }
      assert.equal(introspectionsOf(token), 1);
    });

    it(`remembers for the fleet that a token is inactive${name}`, async () => {
      const token = await tenant.issue({ opaque: true });
      tenant.revoke(token);
      for (const { client } of fleet(options)) {
        await assert.rejects(client.validateAccessToken(token), { code: 'inactive_token' });
      }
      assert.equal(introspectionsOf(token), 1);
    });

    it(`refuses for the fleet what one member revoked${name}`, async () => {
      const token = await tenant.issue({ opaque: true });
      const members = fleet(options);
      for (const { client } of members) await client.validateAccessToken(token);
      await members[0].cache.revoke(token);
      for (const { client } of members) {
        await assert.rejects(client.validateAccessToken(token), (error) => {
          assert.ok(error instanceof MonoCloudTokenError);
          assert.equal(error.code, 'inactive_token');
          return true;
        });
      }
      assert.equal(introspectionsOf(token), 1);
    });
  }

  it('refuses a token that was revoked before anyone had seen it', async () => {
    const token = await tenant.issue({ opaque: true });
    const [{ cache }, { client }] = fleet();
    await cache.revoke(token);
    await assert.rejects(client.validateAccessToken(token), { code: 'inactive_token' });
    assert.equal(introspectionsOf(token), 0);
  });

  it('refuses revoked JWTs where those are introspected', async () => {
    const token = await tenant.issue();
    const [{ cache, client }] = fleet({}, { introspectJwtTokens: true });
    await client.validateAccessToken(token);
    await cache.revoke(token);
    await assert.rejects(client.validateAccessToken(token), { code: 'inactive_token' });
  });

  it('asks the tenant again once a revocation has run out', async () => {
    const token = await tenant.issue({ opaque: true });
    const [{ cache, client }] = fleet();
    await cache.revoke(token, { ttl: 0.001 });
    // Whole seconds since the epoch: up to one more.
    while ((await cache.get(token)) !== undefined);
    await client.validateAccessToken(token);
    assert.equal(introspectionsOf(token), 1);
  });

  it('checks scopes, groups and audience of what the fleet shares', async () => {
    const token = await tenant.issue({ opaque: true, scopes: ['a'], groups: ['x'] });
    const [{ client }, { client: peer }] = fleet();
    await client.validateAccessToken(token, { scopes: ['a'], groups: ['x'] });
    await assert.rejects(peer.validateAccessToken(token, { scopes: ['b'] }), { code: 'insufficient_scope' });
    await assert.rejects(peer.validateAccessToken(token, { groups: ['y'] }), { code: 'insufficient_groups' });
    const [{ client: foreign }] = fleet({}, { audience: 'https://other.example.com' });
    await assert.rejects(foreign.validateAccessToken(token), { code: 'invalid_token' });
    assert.equal(introspectionsOf(token), 1);
  });
});
