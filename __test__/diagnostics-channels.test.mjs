import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { channelMessages, withoutTimes } from './support/channel-messages.mjs';
import { recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';

const { createTestTenant } = testing;

function setUp({ answers, ...options } = {}) {
  const tenant = recordedTenant(answers);
  return { tenant, client: new MonoCloudBackendNodeClient({ ...tenant.introspecting, ...options }) };
}

const fail = () => assert.fail('the token should have been refused');

describe('monocloud:backend:validate', () => {
  it('says how every public validation ended', async (t) => {
    const messages = channelMessages(t, 'validate');
    const { client } = setUp();
    const token = await soundJwt({}, { header: { kid: 'k1' } });
    await client.validateAccessToken('opaque');
    await client.introspectAccessToken('opaque');
    await client.validateJwtAccessToken(await soundJwt({ exp: 1 })).then(fail, () => {});
    await client.validateAccessToken(await soundJwt(), { scopes: ['write'] }).then(fail, () => {});
    await client.validateAccessToken(token).catch(() => {});
    await client.validateAccessToken('').then(fail, () => {});
    const heard = messages.map(withoutTimes);
    const opaque = { outcome: 'accepted', tokenType: 'opaque' };
    assert.deepEqual(heard.slice(0, 2), [
      { operation: 'validateAccessToken', ...opaque },
      { operation: 'introspectAccessToken', ...opaque },
    ]);
    const { kid, ...expired } = heard[2];
    assert.deepEqual(expired, {
      operation: 'validateJwtAccessToken',
      outcome: 'refused',
      reason: 'token_expired',
      code: 'invalid_token',
      tokenType: 'jwt',
      algorithm: 'ES256',
    });
    assert.ok(kid === undefined || kid.length <= 64);
    assert.deepEqual([heard[3].outcome, heard[3].code], ['refused', 'insufficient_scope']);
    assert.equal(heard[4].kid, 'k1');
    assert.deepEqual(heard[5], {
      operation: 'validateAccessToken',
      outcome: 'failed',
      reason: 'token_blank',
      tokenType: 'opaque',
    });
    assert.equal(heard.length, 6);
  });

  it('tells an outage from a refusal, and what the application threw from both', async (t) => {
    const messages = channelMessages(t, 'validate');
    const { client } = setUp({ answers: { discovery: () => new Response('', { status: 500 }) } });
    await client.validateAccessToken(await soundJwt()).then(fail, () => {});
    client.getJwks = () => Promise.reject(new Error('of the application'));
    await client.validateAccessToken(await soundJwt()).then(fail, () => {});
    const endings = messages.map(({ outcome, reason, code }) => [outcome, reason, code]);
    assert.deepEqual(endings, [
      ['failed', 'status_unexpected', undefined],
      ['failed', 'application_error', undefined],
    ]);
  });

  it('cuts long key ids and shows no algorithm that is no name', async (t) => {
    const messages = channelMessages(t, 'validate');
    const { client } = setUp();
    const long = Buffer.from(JSON.stringify({ alg: 'a value ', kid: 'k'.repeat(1000) })).toString('base64url');
    await client.validateAccessToken(`${long}.e30.AA`).then(fail, () => {});
    assert.equal(messages[0].kid, 'k'.repeat(64));
    assert.equal('algorithm' in messages[0], false);
  });

  it('answers the same and throws the same errors while somebody listens', async (t) => {
    channelMessages(t, 'validate');
    const { client } = setUp();
    const claims = soundClaims();
    assert.deepEqual(await client.validateAccessToken(await soundJwt(claims)), claims);
    const refused = client.validateAccessToken(await soundJwt({ iss: 'x' }));
    await assert.rejects(refused, { message: 'Invalid Issuer', reason: 'issuer_mismatch' });
  });
});

describe('monocloud:backend:fetch', () => {
  it('tells of every request over a function', async (t) => {
    const messages = channelMessages(t, 'fetch');
    const { client } = setUp({
      answers: {
        discovery: { jwks_uri: 'https://user:secret@tenant.example/jwks?key=1', introspection_endpoint: 'https://x/i' },
        introspection(url) {
          if (url.includes('/jwks')) throw new Error('no route');
          return new Response('no JSON');
        },
      },
    });
    await client.validateAccessToken('opaque').then(fail, () => {});
    await client.getJwks().then(fail, () => {});
    assert.deepEqual(messages.map(withoutTimes), [
      {
        purpose: 'discovery',
        url: 'https://tenant.example/.well-known/openid-configuration',
        transport: 'fetch',
        status: 200,
      },
      { purpose: 'introspection', url: 'https://x/i', transport: 'fetch', status: 200, reason: 'body_malformed' },
      { purpose: 'jwks', url: 'https://tenant.example/jwks', transport: 'fetch', reason: 'network_failed' },
    ]);
  });

  it('tells of every request over the native transport', async (t) => {
    const messages = channelMessages(t, 'fetch');
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    await client.validateAccessToken(await tenant.issue());
    tenant.fail({ endpoint: 'introspection', status: 503 });
    await client.validateAccessToken(await tenant.issue({ opaque: true })).then(fail, () => {});
    const seen = messages.map(({ purpose, transport, status, reason }) => [purpose, transport, status, reason]);
    assert.deepEqual(seen, [
      ['discovery', 'native', 200, undefined],
      ['jwks', 'native', 200, undefined],
      ['introspection', 'native', 503, 'status_unexpected'],
    ]);
    assert.ok(messages.every(({ url }) => url.startsWith(tenant.issuer)));
  });
});

/** An inactive token is what the tenant was asked for. */
it('an inactive token is no failed request', async (t) => {
  const messages = channelMessages(t, 'fetch');
  const { client } = setUp({ answers: { introspection: { active: false } } });
  await client.validateAccessToken('opaque').then(fail, () => {});
  assert.deepEqual(
    messages.map(({ reason }) => reason),
    [undefined, undefined],
  );
});

describe('monocloud:backend:cache', () => {
  it('says what the cache knew', async (t) => {
    const messages = channelMessages(t, 'cache');
    const map = new Map();
    const cache = { get: async (key) => map.get(key), set: async (key, claims) => map.set(key, claims), delete() {} };
    const { client, tenant } = setUp({ cache });
    await client.validateAccessToken('opaque');
    await client.validateAccessToken('opaque');
    tenant.answers.introspection = { active: false };
    await client.validateAccessToken('revoked').then(fail, () => {});
    await client.validateAccessToken('revoked').then(fail, () => {});
    assert.deepEqual(
      messages,
      ['miss', 'hit', 'miss', 'negative'].map((result) => ({ operation: 'get', result })),
    );
  });
});

it('no message holds a token, a claim or a secret', async (t) => {
  const messages = ['validate', 'fetch', 'cache'].map((name) => channelMessages(t, name));
  const { client } = setUp({ cache: { get: async () => undefined, set: async () => {}, delete: async () => {} } });
  const token = await soundJwt({ sub: 'somebody' });
  await client.validateAccessToken(token);
  await client.validateAccessToken('an-opaque-token');
  await client.validateAccessToken(await soundJwt({ sub: 'somebody', exp: 1 })).then(fail, () => {});
  const text = JSON.stringify(messages);
  for (const secret of [token, token.split('.')[1], token.split('.')[2], 'somebody', 'an-opaque-token', '"secret"']) {
    assert.equal(text.includes(secret), false, secret);
  }
});

it('nothing is published once nobody listens', async (t) => {
  const { client } = setUp();
  await t.test('while somebody listens', async (inner) => {
    const messages = channelMessages(inner, 'validate');
    await client.validateAccessToken('opaque');
    assert.equal(messages.length, 1);
  });
  const silent = channel('monocloud:backend:validate');
  t.mock.method(silent, 'publish', () => assert.fail('published to nobody'));
  await client.validateAccessToken('opaque');
});
