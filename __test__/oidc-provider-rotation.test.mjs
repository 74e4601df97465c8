import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { startOidcProvider, TOKEN_LIFETIME } from './support/oidc-provider.mjs';
import { closeAgents, createClient, requestsOf, TRANSPORT_NAMES } from './support/oidc-transports.mjs';
import { FRAMEWORK_NAMES, startTlsApi } from './support/tls-api.mjs';

const realNow = Date.now.bind(Date);

/** Seconds for which keys are cached by default. */
const CACHE_DURATION = 300;

const provider = await startOidcProvider();
after(() => Promise.all([closeAgents(), provider.close()]));

for (const framework of FRAMEWORK_NAMES) {
  for (const transport of TRANSPORT_NAMES) {
    describe(`rotated keys of oidc-provider: ${framework}, ${transport} transport`, () => {
      it('accepts a new key beside the former one once the cached keys have expired', async (t) => {
        const { statusOf } = await guardedApi(t, framework, transport);
        const former = await provider.issue();
        assert.equal(await statusOf(former), 200);
        await provider.rotate({ keepFormer: true });
        const next = await provider.issue();
        pass(t, CACHE_DURATION);
        assert.notEqual(keyIdOf(next), keyIdOf(former));
        assert.equal(await statusOf(next), 200);
        assert.equal(await statusOf(former), 200);
      });

      it('refuses a removed key once the cached keys have expired', async (t) => {
        const { statusOf } = await guardedApi(t, framework, transport);
        const former = await provider.issue();
        assert.equal(await statusOf(former), 200);
        await provider.rotate({ keepFormer: false });
        const next = await provider.issue();
        assert.equal(await statusOf(former), 200);
        pass(t, CACHE_DURATION);
        assert.equal(await statusOf(former), 401);
        assert.equal(await statusOf(next), 200);
      });

      it('follows at once when the application fetches the keys anew', async (t) => {
        const { client, statusOf } = await guardedApi(t, framework, transport);
        const former = await provider.issue();
        assert.equal(await statusOf(former), 200);
        await provider.rotate({ keepFormer: false });
        const next = await provider.issue();
        const { keys } = await client.getJwks(true);
        assert.ok(keys.some(({ kid }) => kid === keyIdOf(next)));
        assert.equal(await statusOf(next), 200);
        assert.equal(await statusOf(former), 401);
      });
    });
  }
}

for (const transport of TRANSPORT_NAMES) {
  describe(`oidc-provider and the clock: ${transport} transport`, () => {
    it('a token is good until its expiry and the tolerance have passed', async (t) => {
      const client = createClient(transport, provider);
      const token = await provider.issue();
      const { exp, iat } = payloadOf(token);
      assert.equal(exp - iat, TOKEN_LIFETIME);
      const clock = t.mock.method(Date, 'now', () => (exp + 59) * 1000);
      assert.equal((await client.validateAccessToken(token)).exp, exp);
      clock.mock.mockImplementation(() => (exp + 60) * 1000);
      await assert.rejects(client.validateAccessToken(token), (error) => {
        assert.ok(error instanceof MonoCloudTokenError);
        assert.equal(error.code, 'invalid_token');
        return true;
      });
    });

    it('an opaque token is inactive after its expiry', async (t) => {
      const { clientSecret } = provider.credentials;
      const client = createClient(transport, provider, { clientId: 'api-client_secret_post', clientSecret });
      const token = await provider.issue({ path: '/opaque' });
      assert.equal((await client.validateAccessToken(token)).client_id, 'orders-app');
      pass(t, 2 * TOKEN_LIFETIME);
      await assert.rejects(client.validateAccessToken(token), {
        code: 'inactive_token',
        message: 'Token is not active. The introspection endpoint returned active=false',
      });
    });

    it('metadata and keys are fetched once, by the chosen transport', async () => {
      const client = createClient(transport, provider);
      await client.validateAccessToken(await provider.issue());
      await client.validateAccessToken(await provider.issue());
      const urls = [`${provider.issuer}/.well-known/openid-configuration`, `${provider.issuer}/jwks`];
      assert.deepEqual(requestsOf(client), transport === 'native' ? [] : urls);
    });
  });
}

/** Clients of the native transport share what they know, so that time goes on from one test to the next. */
let elapsed = 0;

async function guardedApi(t, framework, transport) {
  pass(t, 0);
  const client = createClient(transport, provider);
  const api = await startTlsApi(framework, provider.authority, { '/orders': { client } });
  t.after(() => api.close());
  return { client, statusOf: async (token) => (await api.call('/orders', { token })).status };
}

function pass(t, seconds) {
  elapsed += seconds;
  const offset = elapsed * 1000;
  t.mock.method(Date, 'now', () => realNow() + offset);
}

function payloadOf(token) {
  return parsed(token.split('.')[1]);
}

function keyIdOf(token) {
  return parsed(token.split('.')[0]).kid;
}

function parsed(segment) {
  return JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
}
