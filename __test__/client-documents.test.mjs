import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { ISSUER, METADATA, jsonResponse, recordedTenant, signingKey, soundJwt } from './support/recorded-tenant.mjs';
import { assertThrows } from './support/thrown.mjs';

const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const clientOf = (tenant, options) => new MonoCloudBackendNodeClient({ ...tenant.options, ...options });

describe('the requests', () => {
  it('have a URL and nothing but a signal', async () => {
    const tenant = recordedTenant({ discovery: { ...METADATA, jwks_uri: 'https://keys.example/a%20b/jwks' } });
    await clientOf(tenant).getJwks();
    assert.deepEqual(
      tenant.requests.map(([url]) => url),
      [DISCOVERY, 'https://keys.example/a%20b/jwks'],
    );
    for (const request of tenant.requests) {
      assert.equal(request.length, 2);
      assert.deepEqual(Object.keys(request[1]), ['signal']);
    }
  });

  it('go to the jwks_uri of the metadata, which may be missing', async () => {
    for (const jwks_uri of [undefined, null, '', 5]) {
      const client = clientOf(recordedTenant({ discovery: { ...METADATA, jwks_uri } }));
      const message = 'jwks_uri endpoint is required but not available in the issuer metadata';
      await assertThrows(() => client.getJwks(), 'MonoCloudValidationError', message);
      await assertThrows(async () => client.validateAccessToken(await soundJwt()), 'MonoCloudValidationError', message);
    }
  });

  it('do not look at the issuer of the metadata', async () => {
    const tenant = recordedTenant({ discovery: { ...METADATA, issuer: 'https://other.example' } });
    await clientOf(tenant).validateAccessToken(await soundJwt());
  });
});

describe('the documents', () => {
  it('are answered as they came', async () => {
    const metadata = { ...METADATA, extra: { nested: [1, 'ü', null] }, __proto__: null };
    const jwks = { keys: [{ kty: 'unknown', x: 1 }, (await signingKey()).publicJwk], more: true };
    const client = clientOf(recordedTenant({ discovery: metadata, jwks }));
    assert.deepEqual(await client.getMetadata(), { ...metadata });
    assert.deepEqual(await client.getJwks(), jwks);
  });

  it('in memory are not those of the caller', async () => {
    const client = clientOf(recordedTenant());
    const token = await soundJwt();
    (await client.getJwks()).keys.length = 0;
    delete (await client.getMetadata()).jwks_uri;
    assert.equal((await client.validateAccessToken(token)).sub, 'user');
    assert.equal((await client.getMetadata()).jwks_uri, METADATA.jwks_uri);
  });
});

describe('how long they are kept', () => {
  it('300 seconds and not one more', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    await client.getJwks();
    clock.advance(299);
    await client.getJwks();
    await client.getMetadata();
    assert.equal(tenant.counts(), '1 1 0');
    clock.advance(0.999);
    await client.getJwks();
    assert.equal(tenant.counts(), '1 1 0');
    clock.advance(0.001);
    await client.getJwks();
    assert.equal(tenant.counts(), '2 2 0');
  });

  it('as configured, each for itself', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = clientOf(tenant, { jwksCacheDuration: 10, metadataCacheDuration: 25 });
    await client.getJwks();
    clock.advance(9);
    await client.getJwks();
    assert.equal(tenant.counts(), '1 1 0');
    clock.advance(1);
    await client.getJwks();
    assert.equal(tenant.counts(), '1 2 0');
    clock.advance(14);
    await client.getMetadata();
    assert.equal(tenant.counts(), '1 2 0');
    clock.advance(1);
    await client.getMetadata();
    assert.equal(tenant.counts(), '2 2 0');
  });

  it('not at all with duration 0', async () => {
    const tenant = recordedTenant();
    const client = clientOf(tenant, { jwksCacheDuration: 0, metadataCacheDuration: 0 });
    await client.getMetadata();
    await client.getMetadata();
    assert.equal(tenant.counts(), '2 0 0');
    await client.validateAccessToken(await soundJwt());
    await client.validateAccessToken(await soundJwt());
    assert.equal(tenant.counts(), '4 2 0');
  });

  it('by every client for itself', async () => {
    const tenant = recordedTenant();
    const withdrawn = recordedTenant({ jwks: { keys: [] } });
    const [first, second] = [clientOf(tenant), clientOf(withdrawn)];
    await first.getJwks();
    assert.deepEqual(await second.getJwks(), { keys: [] });
    assert.equal((await first.getJwks()).keys.length, 1);
  });

  it('for introspection too', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = new MonoCloudBackendNodeClient(tenant.introspecting);
    await client.validateAccessToken('opaque');
    clock.advance(200);
    await client.validateAccessToken('opaque');
    assert.equal(tenant.counts(), '1 0 2');
    clock.advance(100);
    await client.validateAccessToken('opaque');
    assert.equal(tenant.counts(), '2 0 3');
  });
});

describe('forceRefresh', () => {
  it('refreshes the one document', async () => {
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    await client.getJwks();
    await client.getJwks(true);
    assert.equal(tenant.counts(), '1 2 0');
    await client.getMetadata(true);
    assert.equal(tenant.counts(), '2 2 0');
    await client.getJwks(false);
    await client.getMetadata(undefined);
    assert.equal(tenant.counts(), '2 2 0');
  });

  it('brings new keys to the next validation', async () => {
    const tenant = recordedTenant({ jwks: { keys: [] } });
    const client = clientOf(tenant);
    await client.getJwks();
    tenant.answers.jwks = { keys: [(await signingKey()).publicJwk] };
    await client.getJwks(true);
    await client.validateAccessToken(await soundJwt());
    assert.equal(tenant.counts(), '1 2 0');
  });

  it('starts a new life', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const client = clientOf(tenant);
    await client.getJwks();
    clock.advance(200);
    await client.getJwks(true);
    clock.advance(299);
    await client.getJwks();
    assert.equal(tenant.counts(), '1 2 0');
  });
});

describe('failures', () => {
  it('are not kept, and what was fresh stays', async () => {
    const tenant = recordedTenant();
    const sound = tenant.answers.jwks;
    const broken = () => new Response('', { status: 500 });
    const client = clientOf(tenant);
    tenant.answers.jwks = broken;
    await assertThrows(() => client.getJwks(), 'MonoCloudHttpError', /500$/);
    tenant.answers.jwks = sound;
    await client.getJwks();
    tenant.answers.jwks = broken;
    await assertThrows(() => client.getJwks(true), 'MonoCloudHttpError', /500$/);
    assert.equal((await client.getJwks()).keys.length, 1);
  });
});

describe('resolvers', () => {
  const counting = (value) => {
    const resolver = async (...args) => {
      resolver.calls.push(args);
      return typeof value === 'function' ? value() : value;
    };
    resolver.calls = [];
    return resolver;
  };
  const keySet = async () => ({ keys: [(await signingKey()).publicJwk] });

  it('take the place of the requests and are kept the same way', async (t) => {
    const clock = frozenClock(t);
    const tenant = recordedTenant();
    const metadataResolver = counting(METADATA);
    const jwksResolver = counting(keySet);
    const client = clientOf(tenant, { metadataResolver, jwksResolver });
    const token = await soundJwt({ exp: clock.now + 9000 });
    await client.validateAccessToken(token);
    assert.deepEqual([metadataResolver.calls, jwksResolver.calls], [[], [[]]]);
    await client.getMetadata();
    clock.advance(299);
    assert.deepEqual(await client.getJwks(), await keySet());
    assert.deepEqual(await client.getMetadata(), METADATA);
    assert.deepEqual([metadataResolver.calls.length, jwksResolver.calls.length], [1, 1]);
    clock.advance(1);
    await client.validateAccessToken(token);
    await client.getMetadata();
    assert.deepEqual([metadataResolver.calls.length, jwksResolver.calls.length], [2, 2]);
    await client.getJwks(true);
    await client.getMetadata(true);
    assert.deepEqual([metadataResolver.calls.length, jwksResolver.calls.length], [3, 3]);
    assert.equal(tenant.requests.length, 0);
  });

  it('may be mixed with requests', async () => {
    const tenant = recordedTenant();
    const client = clientOf(tenant, { metadataResolver: counting({ jwks_uri: 'https://keys.example/jwks' }) });
    await client.validateAccessToken(await soundJwt());
    assert.deepEqual(
      tenant.requests.map(([url]) => url),
      ['https://keys.example/jwks'],
    );
  });

  it('may be synchronous', async () => {
    const keys = await keySet();
    await clientOf(recordedTenant(), { jwksResolver: () => keys }).validateAccessToken(await soundJwt());
  });

  it('that answer no document are the fault of the application', async () => {
    const token = await soundJwt();
    for (const value of [undefined, null, [], 5, 'text', {}, { keys: {} }]) {
      const client = clientOf(recordedTenant(), { jwksResolver: counting(value) });
      const message = "jwksResolver must answer a JSON Web Key Set: an object with an array 'keys'";
      await assertThrows(() => client.validateAccessToken(token), 'MonoCloudValidationError', message);
    }
    for (const value of [undefined, null, [], 5, 'text']) {
      const client = clientOf(recordedTenant(), { metadataResolver: counting(value) });
      const message = 'metadataResolver must answer an issuer metadata object';
      await assertThrows(() => client.validateAccessToken(token), 'MonoCloudValidationError', message);
    }
  });

  it('that throw are never blamed on the token', async () => {
    const token = await soundJwt();
    const cause = new TypeError('no database');
    const failing = () => {
      throw cause;
    };
    for (const option of ['metadataResolver', 'jwksResolver']) {
      const client = clientOf(recordedTenant(), { [option]: failing });
      const error = await assertThrows(() => client.validateAccessToken(token), 'MonoCloudHttpError', 'no database');
      assert.equal(error.cause, cause);
      assert.equal(error.status, undefined);
    }
  });
});

it('a response may be a test double', async () => {
  const documents = { [DISCOVERY]: METADATA, [METADATA.jwks_uri]: { keys: [(await signingKey()).publicJwk] } };
  const doubles = [
    (url) => jsonResponse(documents[url]),
    (url) => ({ status: 200, headers: {}, text: async () => JSON.stringify(documents[url]) }),
    (url) => ({ status: 200, ok: true, json: async () => documents[url] }),
  ];
  for (const fetcher of doubles) {
    await clientOf({ options: { ...recordedTenant().options, fetcher } }).validateAccessToken(await soundJwt());
  }
});
