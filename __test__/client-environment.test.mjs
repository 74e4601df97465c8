import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { recordedTenant, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const PREFIX = 'MONOCLOUD_BACKEND_';
const environment = (variables) => {
  for (const [name, value] of Object.entries(variables)) process.env[PREFIX + name] = value;
};

class Open extends MonoCloudBackendNodeClient {
  /** What subclasses see. */
  get members() {
    const { tenantDomain, trustStoreId, clockSkew, clockTolerance, responseTimeout } = this;
    const { jwksCacheDuration, metadataCacheDuration } = this;
    return {
      tenantDomain,
      trustStoreId,
      clockSkew,
      clockTolerance,
      responseTimeout,
      jwksCacheDuration,
      metadataCacheDuration,
    };
  }
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith(PREFIX)) delete process.env[name];
  environment({ TENANT_DOMAIN: 'https://tenant.example', AUDIENCE: 'https://api.example' });
});

const member = (name, options) => new Open(options).members[name];
const refuses = (message, options) =>
  assertThrows(() => new MonoCloudBackendNodeClient(options), 'MonoCloudValidationError', message);
const refusesVariable = (name, value, message) => {
  environment({ [name]: value });
  return refuses(message);
};

describe('precedence', () => {
  it('is default, environment, constructor', () => {
    const rows = [
      ['clockSkew', 'CLOCK_SKEW', 0],
      ['clockTolerance', 'CLOCK_TOLERANCE', 60],
      ['jwksCacheDuration', 'JWKS_CACHE_DURATION', 300],
      ['metadataCacheDuration', 'METADATA_CACHE_DURATION', 300],
      ['responseTimeout', 'RESPONSE_TIMEOUT', 10_000],
    ];
    for (const [name, variable, fallback] of rows) {
      assert.equal(member(name), fallback, name);
      environment({ [variable]: '2000' });
      assert.equal(member(name), 2000, name);
      assert.equal(member(name, { [name]: 3000 }), 3000, name);
      assert.equal(member(name, { [name]: '4000' }), 4000, name);
      assert.equal(member(name, { [name]: null }), 2000, name);
      assert.equal(member(name, { [name]: undefined }), 2000, name);
    }
    assert.equal(member('clockSkew', { clockSkew: 0 }), 0);
  });

  it('passes over null but not over the empty text', async () => {
    assert.equal(member('tenantDomain', { tenantDomain: null }), 'https://tenant.example');
    assert.equal(member('tenantDomain', { tenantDomain: 'https://other.example' }), 'https://other.example');
    await refuses('"tenantDomain" is not allowed to be empty', { tenantDomain: '' });
    environment({ TRUST_STORE_ID: 'store', CLIENT_AUTH_METHOD: 'tls_client_auth' });
    assert.equal(member('trustStoreId', { trustStoreId: null }), 'store');
    await refuses('"trustStoreId" is not allowed to be empty', { trustStoreId: '' });
  });

  it('merges the group options one by one', async () => {
    environment({ GROUPS_CLAIM: 'roles', GROUPS_MATCH_ALL: 'true' });
    const token = await soundJwt({ roles: ['a', 'b'], teams: ['a'] });
    const validate = (groups, groupOptions) => {
      const client = new MonoCloudBackendNodeClient({ ...recordedTenant().options, groupOptions });
      return client.validateAccessToken(token, { groups });
    };
    await validate(['a', 'b']);
    const message = 'Token is missing required groups';
    await assertRefused(() => validate(['a', 'x']), message, 'insufficient_groups');
    await validate(['a', 'x'], { matchAll: false });
    await validate(['a'], { groupsClaim: 'teams' });
    await assertRefused(() => validate(['a', 'b'], { groupsClaim: 'teams' }), message, 'insufficient_groups');
  });

  it('is read at construction', () => {
    const client = new Open();
    environment({ CLOCK_SKEW: '9' });
    assert.equal(client.members.clockSkew, 0);
    assert.equal(new Open().members.clockSkew, 9);
  });

  it('does not reach the base class', async () => {
    environment({ CLIENT_ID: 'api', CLOCK_TOLERANCE: '5', RESPONSE_TIMEOUT: '5000' });
    const client = new MonoCloudOidcBackendClient('https://tenant.example', 'https://api.example');
    assert.deepEqual([client.clockSkew, client.clockTolerance, client.responseTimeout], [0, 60, undefined]);
    await assertThrows(
      () => client.introspectAccessToken('opaque'),
      'MonoCloudValidationError',
      'The clientId option must be configured to introspect access tokens',
    );
  });
});

describe('variables that are set but empty', () => {
  for (const [variable, name] of [
    ['TENANT_DOMAIN', 'tenantDomain'],
    ['AUDIENCE', 'audience'],
    ['CLIENT_ID', 'clientId'],
    ['CLIENT_SECRET', 'clientSecret'],
    ['TRUST_STORE_ID', 'trustStoreId'],
    ['GROUPS_CLAIM', 'groupOptions.groupsClaim'],
  ]) {
    it(`${variable} is an error`, () => refusesVariable(variable, '', `"${name}" is not allowed to be empty`));
  }

  it('CLIENT_AUTH_METHOD and VALIDATE_CERTIFICATE_BINDING are errors', async () => {
    await refusesVariable('VALIDATE_CERTIFICATE_BINDING', '', /^"validateCertificateBinding" must be one of \[/);
    await refusesVariable('CLIENT_AUTH_METHOD', '', /^"clientAuthMethod" must be one of \[/);
  });

  it('numbers and booleans are not', () => {
    environment({ CLOCK_SKEW: '', RESPONSE_TIMEOUT: ' ', INTROSPECT_JWT_TOKENS: '', GROUPS_MATCH_ALL: '' });
    assert.equal(member('responseTimeout'), 10_000);
  });
});

describe('numbers', () => {
  for (const [text, expected] of [
    ['5', 5],
    [' 7 ', 7],
    ['5abc', 5],
    ['2000.9', 2000],
    ['x', 60],
    ['', 60],
    ['.5', 60],
  ]) {
    it(`'${text}' is ${expected}`, () => {
      environment({ CLOCK_TOLERANCE: text });
      assert.equal(member('clockTolerance'), expected);
    });
  }

  it('are checked like those of the constructor', async () => {
    environment({ CLOCK_TOLERANCE: '-1' });
    await refuses('"clockTolerance" must be greater than or equal to 0');
    environment({ CLOCK_TOLERANCE: '1', RESPONSE_TIMEOUT: '999' });
    await refuses('"responseTimeout" must be greater than or equal to 1000');
  });
});

describe('booleans', () => {
  for (const [text, introspects] of [
    ['true', true],
    [' TRUE ', true],
    ['false', false],
    ['1', false],
    ['yes', false],
    ['', false],
  ]) {
    it(`'${text}' is ${introspects}`, async () => {
      environment({ INTROSPECT_JWT_TOKENS: text, CLIENT_ID: 'api', CLIENT_SECRET: 'secret' });
      const tenant = recordedTenant();
      const client = new MonoCloudBackendNodeClient({ fetcher: tenant.fetcher });
      await client.validateAccessToken(await soundJwt());
      assert.equal(tenant.counts(), introspects ? '1 0 1' : '1 1 0');
    });
  }

  it('of the environment give way to the constructor', async () => {
    environment({ INTROSPECT_JWT_TOKENS: 'true' });
    const client = new MonoCloudBackendNodeClient({ ...recordedTenant().options, introspectJwtTokens: false });
    await client.validateAccessToken(await soundJwt());
  });
});

describe('the other variables', () => {
  it('authenticate the client', async () => {
    environment({ CLIENT_ID: 'api', CLIENT_SECRET: 'secret', CLIENT_AUTH_METHOD: 'client_secret_basic' });
    const { fetcher, requests } = recordedTenant();
    await new MonoCloudBackendNodeClient({ fetcher }).validateAccessToken('opaque');
    const [, { headers }] = requests.at(-1);
    assert.equal(headers.authorization, `Basic ${Buffer.from('api:secret').toString('base64')}`);
  });

  it('read a JWK from CLIENT_SECRET', async () => {
    environment({ CLIENT_SECRET: '{"kty":"oct","k":"AAAA","alg":"HS256"}' });
    await refuses('"clientSecret" must be a string');
    environment({ CLIENT_AUTH_METHOD: 'private_key_jwt' });
    assert.ok(new MonoCloudBackendNodeClient());
    environment({ CLIENT_SECRET: 'text' });
    await refuses("clientSecret must be a valid JWK when clientAuthMethod is 'private_key_jwt'");
  });

  it('decide about certificate binding', async () => {
    environment({ VALIDATE_CERTIFICATE_BINDING: 'required' });
    const client = new MonoCloudBackendNodeClient(recordedTenant().options);
    const token = await soundJwt();
    await assertRefused(() => client.validateAccessToken(token), 'Client certificate is not present');
  });

  it('decide how long introspection results are kept', async (t) => {
    const clock = frozenClock(t);
    const expiry = async (options) => {
      let stored;
      const cache = { get() {}, delete() {}, set: (...entry) => (stored = entry) };
      const tenant = recordedTenant({ introspection: { active: true, ...soundClaims({ exp: clock.now + 9000 }) } });
      const client = new MonoCloudBackendNodeClient({ ...tenant.introspecting, cache, ...options });
      await client.validateAccessToken('opaque');
      return stored?.[2];
    };
    assert.equal(await expiry(), clock.now + 300);
    environment({ INTROSPECTION_CACHE_DURATION: '40' });
    assert.equal(await expiry(), clock.now + 40);
    assert.equal(await expiry({ introspectionCacheDuration: 50.5 }), clock.now + 50.5);
    environment({ INTROSPECTION_CACHE_DURATION: '0' });
    assert.equal(await expiry(), undefined);
  });
});
