import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import {
  MonoCloudBackendNodeClient,
  MonoCloudOidcBackendClient,
  MonoCloudValidationError,
} from '@monocloud/backend-node';
import { channelMessages, withoutTimes } from './support/channel-messages.mjs';
import { frozenClock } from './support/frozen-clock.mjs';

const { createTestTenant, createSelfSignedCertificate, FORGERIES, SIGNING_ALGORITHMS } = createRequire(import.meta.url)(
  '../dist/testing/index.js',
);

const MODES = ['never', 'always', 'auto'];
const certificate = createSelfSignedCertificate().certificate;
const other = createSelfSignedCertificate().certificate;

const OPTIONS = [
  undefined,
  { scopes: ['read'] },
  { scopes: ['read', 'admin'] },
  { groups: ['staff'] },
  { groups: ['nobody'] },
  { clientCertificate: certificate },
  { clientCertificate: other, validateCertificateBinding: 'required' },
  { validateCertificateBinding: 'dangerously_ignore' },
  { scopes: 'read' },
];

let tenant;
let tokens;

before(async () => {
  tenant = await createTestTenant({ algorithms: SIGNING_ALGORITHMS.filter((name) => !name.startsWith('HS')) });
  const sound = { scopes: ['read'], groups: ['staff'] };
  const algorithms = ['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
  const valid = await Promise.all(algorithms.map((alg) => tenant.issue({ ...sound, alg })));
  const forged = await Promise.all(
    ['RS256', 'ES384'].flatMap((alg) => FORGERIES.map((kind) => tenant.forge(kind, { ...sound, alg }))),
  );
  const bound = await tenant.issue({ ...sound, boundTo: certificate });
  const odd = await tenant.issue({
    ...sound,
    claims: { ['__proto__']: { a: 1 }, text: 'ü€😀', exp: '1', list: [1, null] },
  });
  const [header, payload, signature] = valid[0].split('.');
  const broken = [
    'a.b.c',
    '..',
    `${header}.${payload}.`,
    `${header}.${payload}.${signature}=`,
    `${header}.!.${signature}`,
  ];
  tokens = [...valid, ...forged, bound, odd, ...broken, `${header}.${payload}.${'A'.repeat(70_000)}`, '', 5];
});

after(() => tenant.close());

function clientFor(signatureOffload, more = {}) {
  const { issuer: tenantDomain, audience } = tenant;
  return new MonoCloudBackendNodeClient({ tenantDomain, audience, jwtCache: false, ...more, signatureOffload });
}

/** What a validation comes to, in a form that can be compared. */
async function outcome(work) {
  try {
    return { claims: await work() };
  } catch (error) {
    const { name, message, code, reason } = error;
    return { class: error.constructor.name, name, message, code, reason };
  }
}

/** All tokens by all options, alone and in company. */
async function outcomes(client, method) {
  const calls = tokens.flatMap((token) =>
    OPTIONS.map((options) => () => outcome(() => client[method](token, options))),
  );
  const together = await Promise.all(calls.map((call) => call()));
  const alone = [];
  for (const call of calls) alone.push(await call());
  return { together, alone };
}

describe('signatureOffload', () => {
  for (const method of ['validateAccessToken', 'validateJwtAccessToken']) {
    it(`changes neither an outcome of ${method} nor what operators hear of it`, async (t) => {
      const heard = channelMessages(t, 'validate');
      const [never, ...others] = await inTurn(MODES, async (mode) => {
        const client = clientFor(mode);
        await client.getJwks();
        const { together, alone } = await outcomes(client, method);
        const messages = heard.splice(0).map((message) => JSON.stringify(withoutTimes(message)));
        return { together, alone, validations: client.stats().validations, messages: messages.sort() };
      });
      assert.deepEqual(never.together, never.alone);
      for (const other of others) assert.deepEqual(other, never);
      const accepted = never.alone.filter(({ claims }) => claims).length;
      assert.ok(accepted > 20 && accepted < never.alone.length / 2, String(accepted));
    });
  }

  it('is checked when a client is made, and taken from the environment', (t) => {
    t.after(() => delete process.env.MONOCLOUD_BACKEND_SIGNATURE_OFFLOAD);
    process.env.MONOCLOUD_BACKEND_SIGNATURE_OFFLOAD = 'sometimes';
    const message = '"signatureOffload" must be one of [auto, never, always]';
    assert.throws(
      () => clientFor(undefined),
      (error) => error instanceof MonoCloudValidationError && error.message === message,
    );
    process.env.MONOCLOUD_BACKEND_SIGNATURE_OFFLOAD = 'always';
    clientFor(undefined);
  });
});

for (const mode of MODES) {
  describe(`with '${mode}'`, () => {
    it('each of 10,000 validations at a time gets the claims of its own token', async () => {
      const client = clientFor(mode);
      const signed = await Promise.all(
        Array.from({ length: 50 }, (_, number) => tenant.issue({ alg: 'RS256', subject: `user ${number}` })),
      );
      const validations = Array.from({ length: 10_000 }, (_, number) =>
        client.validateAccessToken(signed[number % 50]),
      );
      const claims = await Promise.all(validations);
      claims.forEach(({ sub }, number) => assert.equal(sub, `user ${number % 50}`));
      assert.equal(new Set(claims).size, claims.length, 'each caller has an object of its own');
    });

    it('goes by the clock at the time of the call', async (t) => {
      const token = await tenant.issue({ expiresIn: 60 });
      const client = clientFor(mode, { clockTolerance: 0 });
      await client.getJwks();
      const clock = frozenClock(t, Math.floor(Date.now() / 1000));
      const validations = [client.validateAccessToken(token), client.validateAccessToken(token)];
      clock.advance(61);
      const late = client.validateAccessToken(token);
      clock.advance(-61);
      for (const { sub } of await Promise.all(validations)) assert.equal(sub, 'test-user');
      await assert.rejects(late, { reason: 'token_expired' });
    });

    it('settles while fake timers stand still', async (t) => {
      const [first, second] = [await tenant.issue(), await tenant.issue({ alg: 'ES384' })];
      const client = clientFor(mode);
      await client.getJwks();
      t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] });
      for (let i = 0; i < 3; i += 1) {
        await Promise.all([client.validateAccessToken(first), client.validateAccessToken(second)]);
      }
    });

    it('fetches keys that it does not know yet, once', async (t) => {
      const rotating = await createTestTenant({ algorithms: ['RS256', 'ES384', 'EdDSA'] });
      t.after(() => rotating.close());
      const { issuer: tenantDomain, audience } = rotating;
      const options = { tenantDomain, audience, jwksCooldownDuration: 0, signatureOffload: mode };
      const client = new MonoCloudBackendNodeClient(options);
      await client.validateAccessToken(await rotating.issue());
      await rotating.rotateKeys();
      const fresh = await Promise.all(['RS256', 'RS256', 'ES384', 'EdDSA'].map((alg) => rotating.issue({ alg })));
      for (const { sub } of await Promise.all(fresh.map((token) => client.validateAccessToken(token)))) {
        assert.equal(sub, 'test-user');
      }
      assert.equal(client.stats().fetches.jwks, 2);
      assert.equal(client.stats().validations.accepted, 5);
    });

    it('calls the functions of the application in the async context of the call', async () => {
      const context = new AsyncLocalStorage();
      const { issuer: tenantDomain, audience } = tenant;
      const keys = await clientFor(mode).getJwks();
      const seen = [];
      const jwksResolver = async () => (seen.push(context.getStore()), keys);
      const client = new MonoCloudBackendNodeClient({ tenantDomain, audience, jwksResolver, signatureOffload: mode });
      const token = await tenant.issue({ alg: 'ES512' });
      for (let round = 1; seen.length < 2; round += 1) {
        const validations = context.run('the call', () =>
          Array.from({ length: 20 * round }, () => client.validateAccessToken(token)),
        );
        // Whatever the pool has not come to finds no keys and asks for them.
        client.jwks = undefined;
        await Promise.all(validations);
      }
      assert.deepEqual(new Set(seen), new Set(['the call']));
    });

    it('leaves the last word to methods that were replaced', async (t) => {
      const client = clientFor(mode);
      const token = await tenant.issue();
      await client.validateAccessToken(token);
      const seen = t.mock.method(client, 'validateAccessTokenClaims', () => {
        throw new Error('of the application');
      });
      const validations = [token, token].map((each) => client.validateAccessToken(each));
      for (const { reason } of await Promise.allSettled(validations))
        assert.equal(reason.message, 'of the application');
      assert.equal(seen.mock.callCount(), 2);
    });

    it('serves the base class, with its own keys and with those of the call', async () => {
      const client = new MonoCloudOidcBackendClient(tenant.issuer, tenant.audience, { signatureOffload: mode });
      const [token, jwks] = [await tenant.issue(), await client.getJwks()];
      const calls = [undefined, { jwks }, { jwks: { keys: [] } }, { scopes: ['admin'] }];
      const found = await Promise.all(
        calls.map((options) => outcome(() => client.validateJwtAccessToken(token, options))),
      );
      assert.deepEqual(
        found.map(({ claims, reason }) => claims?.sub ?? reason),
        ['test-user', 'test-user', 'key_not_found', 'scopes_missing'],
      );
    });
  });
}

async function inTurn(list, work) {
  const results = [];
  for (const item of list) results.push(await work(item));
  return results;
}
