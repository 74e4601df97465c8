import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { AUDIENCE, ISSUER, METADATA, recordedTenant, signingKey, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

/** What a subclass sees; TypeScript's protection ends at run time. */
const clientOf = (tenant, options) => new MonoCloudBackendNodeClient({ ...tenant.options, ...options });
const keySet = async () => ({ keys: [(await signingKey()).publicJwk] });

describe('members that can be read', () => {
  it('before anything was fetched', () => {
    const { options } = recordedTenant();
    const client = clientOf({ options });
    assert.equal(client.tenantDomain, ISSUER);
    assert.deepEqual([client.jwks, client.metadata], [undefined, undefined]);
    assert.deepEqual([client.jwksCacheExpiry, client.metadataCacheExpiry], [0, 0]);
    assert.deepEqual([client.jwksCacheDuration, client.metadataCacheDuration], [300, 300]);
    assert.deepEqual([client.clockSkew, client.clockTolerance, client.responseTimeout], [0, 60, 10_000]);
    assert.equal(client.fetcher, options.fetcher);
    assert.deepEqual(
      [client.metadataResolver, client.jwksResolver, client.trustStoreId],
      [undefined, undefined, undefined],
    );
  });

  it('after documents were fetched', async (t) => {
    const clock = frozenClock(t);
    const client = clientOf(recordedTenant());
    await client.getJwks();
    assert.deepEqual([client.jwks, client.metadata], [await keySet(), METADATA]);
    assert.deepEqual([client.jwksCacheExpiry, client.metadataCacheExpiry], [clock.now + 300, clock.now + 300]);
  });

  it('from the options', () => {
    const metadataResolver = async () => METADATA;
    const jwksResolver = keySet;
    const client = clientOf(recordedTenant(), { metadataResolver, jwksResolver, trustStoreId: 'store' });
    assert.deepEqual([client.metadataResolver, client.jwksResolver], [metadataResolver, jwksResolver]);
    assert.equal(client.trustStoreId, 'store');
  });

  it('show no secret', () => {
    const clientSecret = 'a-secret-that-nobody-may-see';
    for (const Client of [MonoCloudBackendNodeClient, MonoCloudOidcBackendClient]) {
      const options = { ...recordedTenant().options, clientId: 'api', clientSecret };
      const client =
        Client === MonoCloudBackendNodeClient ? new Client(options) : new Client(ISSUER, AUDIENCE, options);
      const shown = inspect(client, { depth: 10, showHidden: true, getters: true }) + JSON.stringify(client);
      assert.ok(!shown.includes(clientSecret));
    }
  });
});

describe('documents that a subclass assigns', () => {
  it('are used, in whatever order they and their expiry come', async (t) => {
    const { now } = frozenClock(t);
    for (const names of [
      ['jwks', 'jwksCacheExpiry'],
      ['jwksCacheExpiry', 'jwks'],
    ]) {
      const tenant = recordedTenant();
      class Preloaded extends MonoCloudBackendNodeClient {
        constructor(values) {
          super(tenant.options);
          for (const name of names) this[name] = values[name];
        }
      }
      const client = new Preloaded({ jwks: await keySet(), jwksCacheExpiry: now + 10 });
      await client.validateAccessToken(await soundJwt());
      assert.equal(tenant.counts(), '0 0 0');
    }
    for (const names of [
      ['metadata', 'metadataCacheExpiry'],
      ['metadataCacheExpiry', 'metadata'],
    ]) {
      const tenant = recordedTenant();
      const client = clientOf(tenant);
      const values = { metadata: { ...METADATA, own: true }, metadataCacheExpiry: Infinity };
      for (const name of names) client[name] = values[name];
      assert.equal((await client.getMetadata()).own, true);
      assert.equal(client.metadataCacheExpiry, Infinity);
      assert.equal(tenant.counts(), '0 0 0');
    }
  });

  it('may be taken away', async () => {
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    await client.getJwks();
    client.jwks = undefined;
    await client.getJwks();
    assert.equal(tenant.counts(), '1 2 0');
    client.jwksCacheExpiry = 0;
    await client.getJwks();
    assert.equal(tenant.counts(), '1 3 0');
    client.metadataCacheExpiry = 0;
    await client.getJwks();
    assert.equal(tenant.counts(), '1 3 0');
    await client.getJwks(true);
    assert.equal(tenant.counts(), '2 4 0');
    client.metadata = undefined;
    await client.getMetadata();
    assert.equal(tenant.counts(), '3 4 0');
  });

  it('are asked of the tenant when they expire', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    client.jwks = { keys: [] };
    client.jwksCacheExpiry = clock.now + 5;
    clock.advance(4);
    assert.deepEqual(await client.getJwks(), { keys: [] });
    clock.advance(1);
    await client.validateAccessToken(await soundJwt());
    assert.equal(tenant.counts(), '1 1 0');
  });
});

describe('settings that a subclass assigns', () => {
  it('the clock', async (t) => {
    const { now } = frozenClock(t);
    const client = clientOf(recordedTenant());
    const token = await soundJwt({ exp: now - 30 });
    await client.validateAccessToken(token);
    client.clockTolerance = 30;
    await assertRefused(() => client.validateAccessToken(token), /"exp"/);
    client.clockSkew = -1;
    await client.validateAccessToken(token);
  });

  it('durations', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    Object.assign(client, { jwksCacheDuration: 10, metadataCacheDuration: 20 });
    await client.getJwks();
    assert.deepEqual([client.jwksCacheExpiry, client.metadataCacheExpiry], [clock.now + 10, clock.now + 20]);
  });

  it('the fetcher and the timeout', async () => {
    const [first, second] = [recordedTenant(), recordedTenant()];
    const client = clientOf(first);
    client.fetcher = second.fetcher;
    client.responseTimeout = undefined;
    await client.getMetadata();
    assert.equal(first.requests.length, 0);
    assert.deepEqual(second.requests[0][1], {});
    client.fetcher = () => new Promise(() => {});
    client.responseTimeout = 15;
    await assertThrows(() => client.getMetadata(true), 'MonoCloudHttpError', /timed out after 15ms$/);
  });

  it('resolvers', async () => {
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    client.jwksResolver = keySet;
    client.metadataResolver = () => ({ own: true });
    await client.validateAccessToken(await soundJwt());
    assert.deepEqual(await client.getMetadata(), { own: true });
    assert.equal(tenant.requests.length, 0);
  });
});

describe('endpoints', () => {
  const metadata = {
    ...METADATA,
    mtls_endpoint_aliases: {
      introspection_endpoint: `${ISSUER}/mtls/introspect`,
      token_endpoint: `${ISSUER}/mtls/token`,
    },
    mtls_additional_endpoint_aliases: { store: { introspection_endpoint: `${ISSUER}/store/introspect` } },
    token_endpoint: `${ISSUER}/token`,
  };
  const introspecting = (options) => {
    const tenant = recordedTenant({ discovery: metadata });
    return { tenant, client: clientOf(tenant, { clientId: 'api', ...options }) };
  };

  it('usesMtlsEndpoints says which ones the method needs', () => {
    for (const method of ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'spiffe_jwt']) {
      assert.equal(introspecting({ clientAuthMethod: method }).client.usesMtlsEndpoints, false, method);
    }
    for (const method of ['tls_client_auth', 'self_signed_tls_client_auth', 'spiffe_x509']) {
      assert.equal(introspecting({ clientAuthMethod: method }).client.usesMtlsEndpoints, true, method);
    }
    const base = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { clientAuthMethod: 'tls_client_auth' });
    assert.equal(base.usesMtlsEndpoints, true);
    assert.equal(new MonoCloudOidcBackendClient(ISSUER, AUDIENCE).usesMtlsEndpoints, false);
  });

  it('resolveEndpoint finds them or says which one is missing', async () => {
    const plain = introspecting().client;
    assert.equal(plain.resolveEndpoint(metadata, 'token_endpoint'), `${ISSUER}/token`);
    const mtls = introspecting({ clientAuthMethod: 'tls_client_auth' }).client;
    assert.equal(mtls.resolveEndpoint(metadata, 'token_endpoint'), `${ISSUER}/mtls/token`);
    const store = introspecting({ clientAuthMethod: 'tls_client_auth', trustStoreId: 'store' }).client;
    assert.equal(store.resolveEndpoint(metadata, 'introspection_endpoint'), `${ISSUER}/store/introspect`);
    const absent = 'is required but not available';
    for (const [client, message] of [
      [plain, `revocation_endpoint endpoint ${absent} in the issuer metadata`],
      [mtls, `mTLS revocation_endpoint ${absent} in the issuer metadata`],
      [store, `mTLS revocation_endpoint ${absent} for trust store 'store' in the issuer metadata`],
    ]) {
      const work = () => client.resolveEndpoint(metadata, 'revocation_endpoint');
      await assertThrows(work, 'MonoCloudValidationError', message);
    }
  });

  it('follow trustStoreId and usesMtlsEndpoints when a subclass assigns them', async () => {
    const { client, tenant } = introspecting({ clientAuthMethod: 'tls_client_auth' });
    client.trustStoreId = 'store';
    await client.introspectAccessToken('opaque');
    assert.equal(tenant.requests.at(-1)[0], `${ISSUER}/store/introspect`);
    client.trustStoreId = undefined;
    await client.introspectAccessToken('opaque');
    assert.equal(tenant.requests.at(-1)[0], `${ISSUER}/mtls/introspect`);
    client.usesMtlsEndpoints = false;
    await client.introspectAccessToken('opaque');
    assert.equal(tenant.requests.at(-1)[0], METADATA.introspection_endpoint);
  });
});
