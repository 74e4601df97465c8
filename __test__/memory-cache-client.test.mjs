import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MemoryIntrospectionCache, MonoCloudBackendNodeClient, MonoCloudTokenError } from '@monocloud/backend-node';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

/** A tenant with a client for introspection, the options of that client, and how often the tenant was asked. */
async function tenantFor(t, options) {
  const tenant = await createTestTenant(options);
  t.after(() => tenant.close());
  const asked = () => tenant.requests.filter(({ endpoint }) => endpoint === 'introspection').length;
  return { tenant, asked, options: { ...tenant.clientOptions, cache: 'memory' } };
}

const inactive = (error) => error instanceof MonoCloudTokenError && error.code === 'inactive_token';

describe("cache: 'memory'", () => {
  it('asks about a token once, for all clients with the same options', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const clients = [new MonoCloudBackendNodeClient(options), new MonoCloudBackendNodeClient(options)];
    const token = await tenant.issue({ opaque: true, scopes: ['read'] });
    for (const client of [...clients, ...clients]) {
      const claims = await client.validateAccessToken(token, { scopes: ['read'] });
      assert.deepEqual([claims.scope, claims.sub], ['read', 'test-user']);
      claims.scope = 'read write';
      claims.sub = 'admin';
    }
    assert.equal(asked(), 1);
    await assert.rejects(clients[1].validateAccessToken(token, { scopes: ['write'] }), { code: 'insufficient_scope' });
    assert.equal((await clients[0].validateAccessToken(token)).sub, 'test-user');
    assert.equal(asked(), 1);
  });

  it('remembers what is not active', async (t) => {
    const { asked, options } = await tenantFor(t);
    const client = new MonoCloudBackendNodeClient(options);
    await assert.rejects(client.validateAccessToken('unknown'), inactive);
    await assert.rejects(client.validateAccessToken('unknown'), (error) => {
      assert.match(error.message, /A cached introspection result reported active=false/);
      return inactive(error);
    });
    assert.equal(asked(), 1);
  });

  it('forgets when introspectionCacheDuration is over', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const client = new MonoCloudBackendNodeClient({ ...options, introspectionCacheDuration: 10 });
    const token = await tenant.issue({ opaque: true, expiresIn: 3600 });
    await client.validateAccessToken(token);
    const start = Date.now();
    const clock = t.mock.method(Date, 'now', () => start + 8_000);
    await client.validateAccessToken(token);
    assert.equal(asked(), 1);
    clock.mock.mockImplementation(() => start + 11_000);
    await client.validateAccessToken(token);
    assert.equal(asked(), 2);
  });

  it('neither reads nor writes with introspectionCacheDuration 0', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const client = new MonoCloudBackendNodeClient({ ...options, introspectionCacheDuration: 0 });
    const token = await tenant.issue({ opaque: true });
    await client.validateAccessToken(token);
    await client.validateAccessToken(token);
    assert.equal(asked(), 2);
  });

  it('is not shared by clients with other credentials or settings', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    tenant.registerClient({ clientId: 'other', clientSecret: 'secret', method: 'client_secret_post' });
    const token = await tenant.issue({ opaque: true });
    const first = new MonoCloudBackendNodeClient(options);
    await first.validateAccessToken(token);
    for (const other of [
      { clientId: 'other', clientSecret: 'secret' },
      { clientAuthMethod: 'client_secret_basic' },
      { introspectionCacheDuration: 5 },
      { clockTolerance: 0 },
    ]) {
      const before = asked();
      await new MonoCloudBackendNodeClient({ ...options, ...other }).validateAccessToken(token);
      assert.equal(asked(), before + 1, JSON.stringify(other));
    }
    const wrong = new MonoCloudBackendNodeClient({ ...options, clientSecret: 'wrong' });
    await assert.rejects(wrong.validateAccessToken(token), { message: 'invalid_client' });
    const audience = new MonoCloudBackendNodeClient({ ...options, audience: 'https://other.example' });
    await assert.rejects(audience.validateAccessToken(token), { code: 'invalid_token' });
  });

  it("is a client's own while functions of the application answer", async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const token = await tenant.issue({ opaque: true });
    const plain = new MonoCloudBackendNodeClient(options);
    await plain.validateAccessToken(token);
    class Overriding extends MonoCloudBackendNodeClient {
      async introspectAccessToken(given) {
        return { ...(await super.introspectAccessToken(given)), sub: 'overridden' };
      }
    }
    class Patient extends MonoCloudBackendNodeClient {
      clockTolerance = 3600;
    }
    const spied = new MonoCloudBackendNodeClient(options);
    const { introspectAccessToken } = spied;
    spied.introspectAccessToken = (...args) => introspectAccessToken.apply(spied, args);
    const others = [
      new MonoCloudBackendNodeClient({ ...options, fetcher: (...args) => fetch(...args) }),
      new Overriding(options),
      new Patient(options),
      spied,
    ];
    for (const other of others) {
      const before = asked();
      const { sub } = await other.validateAccessToken(token);
      assert.equal((await other.validateAccessToken(token)).sub, sub);
      assert.equal(asked(), before + 1, 'asks itself, and then remembers');
    }
    assert.equal((await plain.validateAccessToken(token)).sub, 'test-user');
  });

  it('is shared by worker threads', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const token = await tenant.issue({ opaque: true });
    const claims = await new MonoCloudBackendNodeClient(options).validateAccessToken(token);
    const file = new URL('./support/memory-cache-worker.mjs', import.meta.url);
    const workers = [1, 2].map(() => new Worker(file, { workerData: { options, token } }));
    const messages = await Promise.all(workers.map((worker) => once(worker, 'message')));
    assert.deepEqual(messages, [[claims], [claims]]);
    assert.equal(asked(), 1);
  });

  it('keeps no process alive', async (t) => {
    const { tenant, options } = await tenantFor(t);
    const script = `
      import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
      const [options, token] = JSON.parse(process.argv[1]);
      await new MonoCloudBackendNodeClient(options).validateAccessToken(token);
    `;
    const input = JSON.stringify([options, await tenant.issue({ opaque: true })]);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, '--', input], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    t.after(() => child.kill());
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('is an option of its own name only', () => {
    const options = { tenantDomain: 'https://tenant.example', audience: 'urn:api' };
    for (const cache of ['Memory', 'redis', '', null]) {
      const message = '"cache" must be of type object';
      assert.throws(() => new MonoCloudBackendNodeClient({ ...options, cache }), { message });
    }
  });
});

describe('a MemoryIntrospectionCache as the cache of a client', () => {
  it('serves all clients that it is given to, by name too', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const name = randomUUID();
    const token = await tenant.issue({ opaque: true });
    for (let round = 0; round < 2; round += 1) {
      const cache = new MemoryIntrospectionCache({ name });
      await new MonoCloudBackendNodeClient({ ...options, cache }).validateAccessToken(token);
      assert.equal(cache.size, 1);
    }
    assert.equal(asked(), 1);
  });

  it('holds the claims and nothing else; what is deleted is asked for again', async (t) => {
    const { tenant, asked, options } = await tenantFor(t);
    const cache = new MemoryIntrospectionCache();
    const client = new MonoCloudBackendNodeClient({ ...options, cache });
    const token = await tenant.issue({ opaque: true });
    const claims = await client.validateAccessToken(token);
    assert.deepEqual(await cache.get(token), claims);
    await cache.delete(token);
    tenant.revoke(token);
    await assert.rejects(client.validateAccessToken(token), inactive);
    assert.equal(asked(), 2);
    assert.equal((await cache.get(token)).active, false);
  });
});
