import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { recordedTenant } from './support/recorded-tenant.mjs';
import { assertThrows } from './support/thrown.mjs';

const REQUIRED = { tenantDomain: 'https://tenant.example', audience: 'https://api.example' };
const METHODS =
  '[client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, tls_client_auth, ' +
  'self_signed_tls_client_auth, spiffe_jwt, spiffe_x509]';
const functions = { set() {}, get() {}, delete() {} };

const construct = (options) => new MonoCloudBackendNodeClient({ ...REQUIRED, ...options });
const refuses = (options, message) => assertThrows(() => construct(options), 'MonoCloudValidationError', message);

const NUMBERS = [
  'clockSkew',
  'clockTolerance',
  'jwksCacheDuration',
  'metadataCacheDuration',
  'introspectionCacheDuration',
];

describe('options that are refused', () => {
  const rows = [
    ...['tenantDomain', 'audience'].flatMap((name) => [
      [{ [name]: undefined }, `"${name}" is required`],
      [{ [name]: null }, `"${name}" is required`],
      [{ [name]: '' }, `"${name}" is not allowed to be empty`],
      [{ [name]: 5 }, `"${name}" must be a string`],
      [{ [name]: {} }, `"${name}" must be a string`],
      [{ [name]: 'host.example.com' }, `"${name}" must be a valid uri`],
      [{ [name]: ' https://host.example.com' }, `"${name}" must be a valid uri`],
      [{ [name]: 'https://host.example.com ' }, `"${name}" must be a valid uri`],
    ]),
    ...['clientId', 'trustStoreId'].flatMap((name) => [
      [{ [name]: '' }, `"${name}" is not allowed to be empty`],
      [{ [name]: 5 }, `"${name}" must be a string`],
    ]),
    [{ clientSecret: '' }, '"clientSecret" is not allowed to be empty'],
    [{ clientSecret: 5 }, '"clientSecret" must be a string'],
    [{ clientSecret: { kty: 'RSA' } }, '"clientSecret" must be a string'],
    [{ clientSecret: '{"kty":"RSA"}' }, '"clientSecret" must be a string'],
    [{ clientSecret: { kty: 'oct' }, clientAuthMethod: 'client_secret_basic' }, '"clientSecret" must be a string'],
    [{ clientSecret: { kty: 'RSA' }, clientAuthMethod: 'client_secret_jwt' }, '"clientSecret" must be a string'],
    [{ clientSecret: { kty: 'oct' }, clientAuthMethod: 'spiffe_jwt' }, '"clientSecret" must be a string'],
    ...['secret', 5, ['x'], '{"kid":"no kty"}'].map((clientSecret) => [
      { clientSecret, clientAuthMethod: 'private_key_jwt' },
      "clientSecret must be a valid JWK when clientAuthMethod is 'private_key_jwt'",
    ]),
    ...['', 5, 'none', 'CLIENT_SECRET_POST', {}].map((clientAuthMethod) => [
      { clientAuthMethod },
      `"clientAuthMethod" must be one of ${METHODS}`,
    ]),
    ...['metadataResolver', 'jwksResolver', 'fetcher'].flatMap((name) =>
      [null, 'fetch', {}, true].map((value) => [{ [name]: value }, `"${name}" must be of type function`]),
    ),
    [{ groupOptions: { groupsClaim: '' } }, '"groupOptions.groupsClaim" is not allowed to be empty'],
    [{ groupOptions: { groupsClaim: 5 } }, '"groupOptions.groupsClaim" must be a string'],
    [{ groupOptions: { matchAll: 'yes' } }, '"groupOptions.matchAll" must be a boolean'],
    [{ groupOptions: { matchAll: 1 } }, '"groupOptions.matchAll" must be a boolean'],
    [{ groupOptions: 'groups' }, '"groupOptions.matchAll" must be a boolean'],
    ...[...NUMBERS, 'responseTimeout'].flatMap((name) => [
      ...['x', '', '5abc', NaN, {}, true].map((value) => [{ [name]: value }, `"${name}" must be a number`]),
      [{ [name]: Infinity }, `"${name}" cannot be infinity`],
      [{ [name]: -Infinity }, `"${name}" cannot be infinity`],
      [{ [name]: 1e20 }, `"${name}" must be a safe number`],
    ]),
    ...NUMBERS.flatMap((name) =>
      [-1, -0.5, '-1'].map((value) => [{ [name]: value }, `"${name}" must be greater than or equal to 0`]),
    ),
    ...[999, 999.9, 0, '0'].map((responseTimeout) => [
      { responseTimeout },
      '"responseTimeout" must be greater than or equal to 1000',
    ]),
    [{ introspectJwtTokens: 'yes' }, '"introspectJwtTokens" must be a boolean'],
    [{ introspectJwtTokens: 1 }, '"introspectJwtTokens" must be a boolean'],
    ...['', 'Auto', true, 5].map((signatureOffload) => [
      { signatureOffload },
      '"signatureOffload" must be one of [auto, never, always]',
    ]),
    ...['', 'never', true, 5].map((validateCertificateBinding) => [
      { validateCertificateBinding },
      '"validateCertificateBinding" must be one of [when_present, required, dangerously_ignore]',
    ]),
    ...[null, 'cache', 5, true, () => undefined].map((cache) => [{ cache }, '"cache" must be of type object']),
    ...['set', 'get', 'delete'].flatMap((name) => [
      [{ cache: { ...functions, [name]: undefined } }, `"cache.${name}" is required`],
      [{ cache: { ...functions, [name]: 'x' } }, `"cache.${name}" must be of type function`],
    ]),
  ];
  for (const [options, message] of rows) {
    it(`${print(options)}: ${message}`, () => refuses(options, message));
  }

  it('are reported in the order of the table', async () => {
    const wrong = [
      [{ tenantDomain: 'x' }, '"tenantDomain" must be a valid uri'],
      [{ audience: 'x' }, '"audience" must be a valid uri'],
      [{ clientId: '' }, '"clientId" is not allowed to be empty'],
      [{ clientSecret: '' }, '"clientSecret" is not allowed to be empty'],
      [{ clientAuthMethod: '' }, `"clientAuthMethod" must be one of ${METHODS}`],
      [{ trustStoreId: '' }, '"trustStoreId" is not allowed to be empty'],
      [{ metadataResolver: 1 }, '"metadataResolver" must be of type function'],
      [{ jwksResolver: 1 }, '"jwksResolver" must be of type function'],
      [{ fetcher: 1 }, '"fetcher" must be of type function'],
      [{ groupOptions: { groupsClaim: '', matchAll: 1 } }, '"groupOptions.groupsClaim" is not allowed to be empty'],
      ...['clockSkew', 'clockTolerance', 'jwksCacheDuration', 'metadataCacheDuration'].map((name) => [
        { [name]: 'x' },
        `"${name}" must be a number`,
      ]),
      [{ introspectJwtTokens: 1 }, '"introspectJwtTokens" must be a boolean'],
      [
        { validateCertificateBinding: '' },
        '"validateCertificateBinding" must be one of [when_present, required, dangerously_ignore]',
      ],
      [{ responseTimeout: 1 }, '"responseTimeout" must be greater than or equal to 1000'],
      [{ introspectionCacheDuration: -1 }, '"introspectionCacheDuration" must be greater than or equal to 0'],
      [{ cache: { set: 1, get: 1 } }, '"cache.set" must be of type function'],
    ];
    for (let first = 0; first < wrong.length; first++) {
      const options = Object.assign({}, ...wrong.slice(first).map(([option]) => option));
      await refuses(options, wrong[first][1]);
    }
    await refuses({ cache: { set() {}, get: 1 } }, '"cache.get" must be of type function');
  });

  it('are refused without any option too', async () => {
    for (const options of [undefined, null, {}]) {
      const work = () => new MonoCloudBackendNodeClient(options);
      await assertThrows(work, 'MonoCloudValidationError', '"tenantDomain" is required');
    }
  });
});

describe('options that are accepted', () => {
  const rows = [
    { clientId: '  ' },
    { audience: 'urn:api' },
    { audience: 'api:x' },
    { clientSecret: {}, clientAuthMethod: 'private_key_jwt' },
    { clientAuthMethod: 'private_key_jwt' },
    { clientSecret: '{"kty":"RSA"}', clientAuthMethod: 'private_key_jwt' },
    { clientSecret: '{"not":"a key"}' },
    { clientSecret: { kty: 'oct', k: 'AAAA', alg: 'HS256' }, clientAuthMethod: 'client_secret_jwt' },
    { clientSecret: null, clientId: null, trustStoreId: null, clientAuthMethod: null },
    { groupOptions: null },
    { groupOptions: { groupsClaim: null, matchAll: null, other: 1 } },
    { groupOptions: { matchAll: 'TRUE' } },
    { introspectJwtTokens: 'true', validateCertificateBinding: null },
    { clockSkew: null, responseTimeout: null, introspectionCacheDuration: null },
    { clockSkew: '5', clockTolerance: 1.5, responseTimeout: '1000' },
    { unknown: 'option', scopes: 5 },
    { fetcher: undefined, cache: undefined, jwksResolver: undefined, metadataResolver: undefined },
  ];
  for (const options of rows) {
    it(print(options), () => assert.ok(construct(options) instanceof MonoCloudBackendNodeClient));
  }
});

describe('tenantDomain', () => {
  class Open extends MonoCloudBackendNodeClient {
    get domain() {
      return this.tenantDomain;
    }
  }
  const rows = [
    ['https://tenant.example', 'https://tenant.example'],
    ['https://tenant.example/', 'https://tenant.example'],
    ['https://tenant.example//', 'https://tenant.example/'],
    ['https://tenant.example/path/', 'https://tenant.example/path'],
    ['localhost:5000', 'https://localhost:5000'],
    ['HTTPS://tenant.example', 'https://HTTPS://tenant.example'],
    ['http://localhost:5000/', 'http://localhost:5000'],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['http://[::1]:5000', 'http://[::1]:5000'],
  ];
  for (const [tenantDomain, expected] of rows) {
    it(`${tenantDomain} is ${expected}`, () => {
      assert.equal(new Open({ ...REQUIRED, tenantDomain }).domain, expected);
    });
  }

  for (const tenantDomain of [
    'http://tenant.example',
    'HTTP://localhost',
    'http://localhost.example',
    'http://10.0.0.1',
  ]) {
    it(`${tenantDomain} is refused`, () => refuses({ tenantDomain }, '"tenantDomain" must use https'));
  }

  it('is the base of discovery', async () => {
    const tenant = recordedTenant();
    await construct({ ...tenant.options, tenantDomain: 'tenant.example:8443/' }).getMetadata();
    assert.equal(tenant.requests[0][0], 'https://tenant.example:8443/.well-known/openid-configuration');
  });

  it('is taken as it is by the base class, which validates nothing', async () => {
    const { fetcher, requests } = recordedTenant();
    const options = { fetcher, clockSkew: 'x', responseTimeout: -1, cache: 5, clientAuthMethod: 'none' };
    const client = new MonoCloudOidcBackendClient('example.com', 'not a uri', options);
    await client.getMetadata();
    assert.deepEqual(requests, [['https://example.com/.well-known/openid-configuration', {}]]);
  });
});

describe('a cache', () => {
  const opaque = async (cache) => {
    const tenant = recordedTenant();
    const client = new MonoCloudBackendNodeClient({ ...tenant.introspecting, cache });
    await client.validateAccessToken('opaque');
    await client.validateAccessToken('opaque');
    assert.equal(tenant.counts(), '1 0 1');
  };

  it('may be an instance with private fields and own fields', async () => {
    class Store {
      #entries = new Map();
      name = 'store';
      async get(key) {
        return this.#entries.get(key);
      }
      async set(key, claims) {
        this.#entries.set(key, claims);
      }
      async delete(key) {
        this.#entries.delete(key);
      }
    }
    const store = new Store();
    await opaque(store);
    assert.equal((await store.get('opaque')).sub, 'user');
  });

  it('may be a Map', () => opaque(new (class extends Map {})()));

  it('may be an object literal whose functions use this', async () => {
    await opaque({
      entries: {},
      get(key) {
        return this.entries[key];
      },
      set(key, claims) {
        this.entries[key] = claims;
      },
      delete() {},
    });
  });
});

function print(options) {
  return JSON.stringify(options, (_, value) => {
    if (typeof value === 'function') return 'function';
    return value === undefined || Number.isNaN(value) || Math.abs(value) === Infinity ? String(value) : value;
  });
}
