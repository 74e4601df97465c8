import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudHttpError, MonoCloudValidationError } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { frozenClock } from './support/frozen-clock.mjs';
import { METADATA, recordedTenant, signingKey, soundJwt } from './support/recorded-tenant.mjs';

const { createTestTenant } = testing;

const broken = () => new Response('', { status: 500 });

function setUp({ answers, introspecting = false, ...options } = {}) {
  const tenant = recordedTenant(answers);
  const given = introspecting ? tenant.introspecting : tenant.options;
  return { tenant, client: new MonoCloudBackendNodeClient({ ...given, ...options }) };
}

describe('ready', () => {
  it('gets metadata and keys, so that the first validation asks for nothing', async () => {
    for (const introspecting of [false, true]) {
      const { client, tenant } = setUp({ introspecting });
      assert.equal(await client.ready(), undefined);
      assert.equal(tenant.counts(), '1 1 0');
      await client.validateAccessToken(await soundJwt());
      await client.ready();
      assert.equal(tenant.counts(), '1 1 0');
      assert.deepEqual(client.stats().validations, { accepted: 1, refused: {}, failed: {} });
    }
  });

  it('works over the native transport', async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    await client.ready();
    assert.deepEqual(
      tenant.requests.map(({ endpoint }) => endpoint),
      ['discovery', 'jwks'],
    );
    assert.equal(client.health().status, 'ok');
  });

  it('rejects with what is wrong, and says when to come back', async () => {
    for (const [answers, reason, requests] of [
      [{ discovery: broken }, 'status_unexpected', '1 0 0'],
      [{ jwks: broken }, 'status_unexpected', '1 1 0'],
      [{ jwks: { keys: [] } }, 'document_malformed', '1 1 0'],
    ]) {
      const { client, tenant } = setUp({ answers });
      await assert.rejects(client.ready(), (error) => error instanceof MonoCloudHttpError && error.reason === reason);
      assert.equal(tenant.counts(), requests);
    }
    const { client, tenant } = setUp({ answers: { discovery: broken } });
    await client.ready().catch(() => {});
    await assert.rejects(client.ready(), ({ retryAfter }) => retryAfter > 0 && retryAfter <= 2);
    assert.equal(tenant.counts(), '1 0 0');
  });

  it('needs no keys where every token is introspected', async () => {
    const { client, tenant } = setUp({ introspecting: true, introspectJwtTokens: true });
    await client.ready();
    assert.equal(tenant.counts(), '1 0 0');
    assert.equal(client.health().status, 'ok');
    tenant.answers.discovery = { ...METADATA, introspection_endpoint: undefined };
    await client.getMetadata(true);
    await assert.rejects(client.ready(), MonoCloudValidationError);
  });

  it('needs no keys of a tenant that has none, if tokens can be introspected', async () => {
    const answers = { discovery: { ...METADATA, jwks_uri: undefined } };
    const { client, tenant } = setUp({ answers, introspecting: true });
    await client.ready();
    assert.equal(tenant.counts(), '1 0 0');
    await assert.rejects(setUp({ answers }).client.ready(), MonoCloudValidationError);
  });

  it('asks resolvers and overridden methods as a validation does', async () => {
    const jwks = { keys: [(await signingKey()).publicJwk] };
    const resolved = setUp({ jwksResolver: async () => jwks });
    await resolved.client.ready();
    assert.equal(resolved.tenant.counts(), '0 0 0');
    const { client, tenant } = setUp();
    client.getJwks = async () => jwks;
    await client.ready();
    assert.equal(tenant.counts(), '0 0 0');
    client.getJwks = async () => {
      throw new RangeError('no keys');
    };
    await assert.rejects(client.ready(), RangeError);
  });

  it('does with stale keys while the tenant is down', async (t) => {
    const clock = frozenClock(t);
    const { client, tenant } = setUp();
    await client.ready();
    tenant.answers.jwks = broken;
    tenant.answers.discovery = broken;
    clock.advance(3899);
    await client.ready();
    clock.advance(1);
    await assert.rejects(client.ready(), MonoCloudHttpError);
  });
});

describe('health', () => {
  it('is down before the first keys, and asks nobody', () => {
    const { client, tenant } = setUp();
    const missing = { state: 'missing' };
    assert.deepEqual(client.health(), { status: 'down', metadata: missing, jwks: missing });
    assert.equal(tenant.counts(), '0 0 0');
  });

  it('is ok with keys, and stays so while nobody needs newer ones', async (t) => {
    const clock = frozenClock(t);
    const { client } = setUp();
    await client.ready();
    assert.deepEqual(client.health(), {
      status: 'ok',
      metadata: { state: 'fresh', ageSeconds: 0 },
      jwks: { state: 'fresh', ageSeconds: 0, keys: 1 },
    });
    clock.advance(400);
    const { status, jwks } = client.health();
    assert.deepEqual([status, jwks.state], ['ok', 'stale']);
  });

  it('is degraded while keys serve that could not be renewed, then down, then ok again', async (t) => {
    const clock = frozenClock(t);
    const { client, tenant } = setUp();
    const token = await soundJwt({ exp: clock.now + 99_999 });
    await client.validateAccessToken(token);
    const { jwks: sound } = tenant.answers;
    tenant.answers.jwks = broken;
    clock.advance(301);
    await client.validateAccessToken(token);
    const { status, jwks } = client.health();
    assert.equal(status, 'degraded');
    assert.deepEqual([jwks.state, jwks.ageSeconds, jwks.reason], ['stale', 301, 'status_unexpected']);
    assert.ok(jwks.retryAfter > 0 && jwks.retryAfter <= 1.2);
    clock.advance(3600);
    assert.equal(client.health().status, 'down');
    tenant.answers.jwks = sound;
    await client.getJwks(true);
    assert.deepEqual(client.health().status, 'ok');
    assert.equal('reason' in client.health().jwks, false);
  });

  it('is degraded when a forced renewal fails, though the keys are fresh', async () => {
    const { client, tenant } = setUp();
    await client.ready();
    tenant.answers.jwks = broken;
    await client.getJwks(true).catch(() => {});
    const { status, jwks } = client.health();
    assert.deepEqual([status, jwks.state], ['degraded', 'fresh']);
  });

  it('leaves keys that the application brings to the application', () => {
    const { client } = setUp();
    client.getJwks = async () => ({ keys: [] });
    const { status, jwks } = client.health();
    assert.deepEqual([status, jwks.state], ['ok', 'overridden']);
  });
});
