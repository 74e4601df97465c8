import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reachable } from '../scripts/reachable.mjs';
import { root } from './support/packed-package.mjs';

const require = createRequire(import.meta.url);
const manifest = require('../package.json');
const name = '@monocloud/backend-node';

const shared = [
  'MemoryIntrospectionCache',
  'MonoCloudAuthBaseError',
  'MonoCloudBackendNodeClient',
  'MonoCloudHttpError',
  'MonoCloudOPError',
  'MonoCloudOidcBackendClient',
  'MonoCloudTokenError',
  'MonoCloudValidationError',
];

/** What is no function. */
const constants = { MAX_CHAIN_CERTS: 'number', PRESETS: 'object' };

const values = {
  '': [...shared, 'UpgradeRefusal', 'authenticateUpgrade'],
  '/express': [...shared, 'clientCertAuth', 'protectApi'],
  '/fastify': [...shared, 'clientCertAuth', 'clientCertificateAuth', 'protectApi'],
  '/mtls': [
    'clientCertAuth',
    'clientCertificateResolver',
    'getClientCertificate',
    'normalizePeerCertificate',
    'parseForwardedClientCert',
    'setClientCertificate',
  ],
  '/client-certificate-auth': ['clientCertificateAuth', 'default', 'load'],
  '/client-certificate-auth/extractor': ['extractClientCertificate', 'load', 'validateExtractorOptions'],
  '/client-certificate-auth/fetch': ['extractClientCertificateFromRequest', 'load'],
  '/client-certificate-auth/helpers': [
    'allOf',
    'allowCA',
    'allowCN',
    'allowEmail',
    'allowFingerprints',
    'allowIssuer',
    'allowOU',
    'allowOrganization',
    'allowSAN',
    'allowSerial',
    'allowSubject',
    'anyOf',
    'load',
  ],
  '/client-certificate-auth/lambda': ['extractClientCertificateFromLambdaEvent', 'load'],
  '/client-certificate-auth/parsers': [
    'MAX_CHAIN_CERTS',
    'PRESETS',
    'derToCertificate',
    'getCertificateFromHeaders',
    'load',
    'parseBase64Der',
    'parseHeaderValue',
    'parseRfc9440',
    'parseUrlPem',
    'parseUrlPemAws',
    'parseXfcc',
    'pemToCertificate',
  ],
  '/utils': [
    'decrypt',
    'decryptAuthState',
    'decryptSession',
    'encrypt',
    'encryptAuthState',
    'encryptSession',
    'generateNonce',
    'generatePKCE',
    'generateState',
    'isUserInGroup',
    'mergeArrays',
    'parseCallbackParams',
  ],
  '/internal': [
    'arrayBufferToBase64',
    'arrayBufferToString',
    'decodeBase64Url',
    'encodeBase64',
    'encodeBase64Url',
    'ensureLeadingSlash',
    'findToken',
    'fromB64Url',
    'getBoolean',
    'getNumber',
    'getPublicSigKeyFromIssuerJwks',
    'hashTokenValue',
    'isAbsoluteUrl',
    'isJsonObject',
    'isPresent',
    'isSameHost',
    'now',
    'parseClientSecret',
    'parseSpaceSeparated',
    'parseSpaceSeparatedSet',
    'profileSync',
    'randomBytes',
    'removeTrailingSlash',
    'setsEqual',
    'sha256',
    'stringToArrayBuffer',
    'timingSafeEqual',
    'toB64Url',
    'validateTokenHash',
  ],
};

for (const [subpath, names] of Object.entries(values)) {
  test(`.${subpath} exports its values to require and import, the same ones`, async () => {
    const required = require(name + subpath);
    const imported = await import(name + subpath);
    assert.deepEqual(Object.keys(required).sort(), names);
    assert.deepEqual(Object.keys(imported).sort(), names);
    for (const exported of names) {
      assert.equal(typeof required[exported], constants[exported] ?? 'function', exported);
      assert.equal(imported[exported], required[exported], exported);
    }
  });
}

test('clientCertificateAuth is what its entry is, to require and import, and loads as itself', async () => {
  const required = require(`${name}/client-certificate-auth`);
  const { default: imported } = await import(`${name}/client-certificate-auth`);
  assert.equal(imported, required);
  assert.equal(required.default, required);
  assert.equal(required.length, 1);
  assert.equal(required.load(), required.load());
  assert.equal(await required.load(), required);
});

for (const subpath of Object.keys(values).filter((path) => path.startsWith('/client-certificate-auth/'))) {
  test(`.${subpath} loads what it has to require`, async () => {
    const { load, ...rest } = require(name + subpath);
    assert.equal(load(), load());
    assert.deepEqual({ ...(await load()) }, rest);
  });
}

test('every entry exports the same classes', async () => {
  const main = await import(name);
  for (const subpath of ['/express', '/fastify']) {
    const entry = await import(name + subpath);
    for (const exported of shared) assert.equal(entry[exported], main[exported], `${subpath} ${exported}`);
  }
});

describe('a client made through one door is known to the guards of the other', () => {
  const options = { tenantDomain: 'https://tenant.example', audience: 'https://api.example' };

  for (const [made, guarding] of [
    ['require', 'import'],
    ['import', 'require'],
  ]) {
    const open = (door, subpath) => (door === 'import' ? import(name + subpath) : require(name + subpath));

    test(`express: ${made} to ${guarding}`, async () => {
      const { MonoCloudBackendNodeClient } = await open(made, '');
      const { protectApi } = await open(guarding, '/express');
      const request = { headers: { authorization: 'Bearer token' } };
      await protectApi(answering(MonoCloudBackendNodeClient))()(request, {}, () => {});
      assert.deepEqual(request.claims, { sub: 'token' });
    });

    test(`fastify: ${made} to ${guarding}`, async () => {
      const { MonoCloudBackendNodeClient } = await open(made, '');
      const { protectApi } = await open(guarding, '/fastify');
      const request = { headers: { authorization: 'Bearer token' } };
      await protectApi(answering(MonoCloudBackendNodeClient))()(request, {});
      assert.deepEqual(request.claims, { sub: 'token' });
    });

    test(`errors: ${made} to ${guarding}`, async () => {
      const { MonoCloudBackendNodeClient } = await open(made, '/express');
      const { MonoCloudAuthBaseError, MonoCloudValidationError } = await open(guarding, '/fastify');
      assert.throws(() => new MonoCloudBackendNodeClient({ ...options, clockSkew: -1 }), MonoCloudValidationError);
      assert.throws(() => new MonoCloudBackendNodeClient({ ...options, clockSkew: -1 }), MonoCloudAuthBaseError);
    });
  }

  function answering(Client) {
    const client = new Client(options);
    client.validateAccessToken = async (token) => ({ sub: token });
    return client;
  }
});

test('the manifest may be read, and nothing else behind the entries', async () => {
  assert.equal(require(`${name}/package.json`).version, manifest.version);
  const refused = { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' };
  for (const path of ['dist/index.js', 'dist/guard', 'index.js', 'guard', 'testing', 'internal/base64', 'src/lib.rs']) {
    assert.throws(() => require(`${name}/${path}`), refused, path);
    await assert.rejects(import(`${name}/${path}`), refused, path);
  }
});

test('loading the package loads no framework and no other package', () => {
  for (const subpath of Object.keys(values)) require(name + subpath);
  const foreign = Object.keys(require.cache).filter((file) => file.includes('node_modules'));
  assert.deepEqual(foreign, []);
  assert.equal(manifest.dependencies, undefined);
});

test('the build leaves no file that no entry leads to', () => {
  const entries = Object.values(manifest.exports)
    .filter((target) => typeof target === 'object')
    .flatMap((target) => [...Object.values(target.import), ...Object.values(target.require)]);
  const needed = reachable(entries.map((entry) => join(root, entry)));
  const left = readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.startsWith(join(root, 'dist', 'testing')) && !needed.has(file));
  assert.deepEqual(left, []);
});
