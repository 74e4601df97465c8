import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TRANSPORTS, clientOf, count, tenantFor } from './support/outage-tenant.mjs';

const HTML = { body: '<!doctype html><p>Maintenance</p>', headers: { 'content-type': 'text/html' } };

/** What an endpoint answers; how its error looks: its reason, and the status that the tenant answered, if it did. */
const ANSWERS = [
  ['the body stalls', { stall: true }, 'request_timed_out'],
  ['the headers are late', { delay: 60_000 }, 'request_timed_out'],
  ['the connection is reset', { disconnect: true }, 'network_failed'],
  ['the body is cut off in transit', { truncate: true }, 'network_failed'],
  ['the JSON is truncated', { body: '{"keys":[{"kty":"EC","issuer":' }, 'body_malformed', 200],
  ['it is HTML', HTML, 'body_malformed', 200],
  ['it is empty', { body: '' }, 'body_malformed', 200],
  ['it is no UTF-8', { body: Buffer.from('{"keys":[],"issuer":"\xff"}', 'latin1') }, 'body_malformed', 200],
  ['it is JSON of the wrong shape', { body: '[1]' }, 'document_malformed', 200],
  ['it has 10 MiB', { body: `{"active":true,"pad":"${'x'.repeat(10 << 20)}"}` }, 'body_too_large', 200],
  ['it is a 204', { status: 204, body: '' }, 'status_unexpected', 204],
  ['it is a 404', { status: 404 }, 'status_unexpected', 404],
  ['it is a 429', { status: 429 }, 'status_unexpected', 429],
  ['it is a 500', { status: 500 }, 'status_unexpected', 500],
];

/** The first call of a client that needs this endpoint. */
const CALLS = {
  discovery: async (client) => client.getMetadata(),
  jwks: async (client, tenant) => client.validateAccessToken(await tenant.issue()),
  introspection: async (client, tenant) => client.validateAccessToken(await tenant.issue({ opaque: true })),
};

/** The call after the recovery: `getJwks` and `getMetadata` do not mind a pause, introspections have none. */
const AGAIN = { ...CALLS, jwks: async (client) => client.getJwks() };

function recordingCache() {
  const entries = new Map();
  return {
    entries,
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    delete: async (key) => void entries.delete(key),
  };
}

for (const [transport, options] of TRANSPORTS) {
  for (const endpoint of Object.keys(CALLS)) {
    describe(`The answer of ${endpoint}, ${transport} transport`, { concurrency: true }, () => {
      for (const [what, fault, reason, status] of ANSWERS) {
        it(`${what}: ${reason}, and nothing is kept`, async (t) => {
          const tenant = await tenantFor(t);
          const cache = recordingCache();
          const client = clientOf(tenant, { ...options, responseTimeout: 1000, cache });
          tenant.fail({ endpoint, ...fault });
          const error = await CALLS[endpoint](client, tenant).then(assert.fail, (thrown) => thrown);
          assert.equal(error.constructor.name, 'MonoCloudHttpError', String(error));
          assert.deepEqual([error.reason, error.status], [reason, status]);
          assert.ok((error.raw?.body ?? '').length <= 1 << 20);
          assert.equal(cache.entries.size, 0);
          const seen = count(tenant, endpoint);
          tenant.recover();
          await AGAIN[endpoint](client, tenant);
          assert.equal(count(tenant, endpoint), seen + 1);
        });
      }

      it('JSON under another content type counts, as for the published SDK', async (t) => {
        const tenant = await tenantFor(t);
        tenant.fail({ endpoint, headers: { 'content-type': 'text/plain' } });
        await CALLS[endpoint](clientOf(tenant, options), tenant);
      });
    });
  }

  describe(`Where requests go, ${transport} transport`, () => {
    it('fails at a certificate that nobody vouches for, and sends no request', async (t) => {
      const tenant = await tenantFor(t, { mutualTls: true });
      const client = clientOf(tenant, { ...options, tenantDomain: tenant.mutualTlsUrl });
      await assert.rejects(client.validateAccessToken(await tenant.issue()), {
        reason: 'network_failed',
        status: undefined,
      });
      assert.equal(tenant.requests.length, 0);
    });
  });
}

describe('Redirects, native transport', () => {
  it('leave the machine on no plain http', async (t) => {
    for (const [location, reason] of [
      ['http://tenant.example/jwks', 'network_failed'],
      ['https://tenant.example/jwks', 'status_unexpected'],
      ['file:///etc/hostname', 'status_unexpected'],
    ]) {
      const tenant = await tenantFor(t);
      tenant.fail({ endpoint: 'jwks', status: 302, headers: { location } });
      const token = await tenant.issue();
      await assert.rejects(clientOf(tenant).validateAccessToken(token), { reason }, location);
    }
  });

  it('carry no token and no secret to another host', async (t) => {
    for (const status of [302, 307, 308]) {
      const [tenant, other] = [await tenantFor(t), await tenantFor(t)];
      const location = `${other.issuer}/introspect`;
      tenant.fail({ endpoint: 'introspection', status, headers: { location } });
      const client = clientOf(tenant);
      await assert.rejects(CALLS.introspection(client, tenant), { reason: 'status_unexpected', status });
      assert.equal(other.requests.length, 0);
    }
  });
});
