import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import * as imported from '@monocloud/backend-node';
import * as importedExpress from '@monocloud/backend-node/express';
import * as importedFastify from '@monocloud/backend-node/fastify';

const require = createRequire(import.meta.url);
const { createTestTenant } = require('../dist/testing/index.js');
const main = require.resolve('@monocloud/backend-node');

/** Resolves to the error for an expired token. */
async function validates(t, MonoCloudBackendNodeClient) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
  for (const token of [await tenant.issue(), await tenant.issue({ opaque: true })]) {
    assert.equal((await client.validateAccessToken(token)).sub, 'test-user');
  }
  return client.validateAccessToken(await tenant.forge('expired')).catch((error) => error);
}

test('require and import give the same classes at every entry', () => {
  const names = [
    'MonoCloudAuthBaseError',
    'MonoCloudBackendNodeClient',
    'MonoCloudHttpError',
    'MonoCloudOPError',
    'MonoCloudOidcBackendClient',
    'MonoCloudTokenError',
    'MonoCloudValidationError',
  ];
  const required = ['', '/express', '/fastify'].map((entry) => require(`@monocloud/backend-node${entry}`));
  for (const door of [imported, importedExpress, importedFastify, ...required]) {
    for (const name of names) {
      assert.equal(typeof door[name], 'function');
      assert.equal(door[name], imported[name], name);
    }
  }
});

test('protectApi takes a client that the other door made', () => {
  const options = { tenantDomain: 'https://example.com', audience: 'urn:api' };
  const { MonoCloudBackendNodeClient } = require('@monocloud/backend-node');
  const client = new MonoCloudBackendNodeClient(options);
  assert.ok(client instanceof imported.MonoCloudBackendNodeClient);
  for (const { protectApi } of [importedExpress, importedFastify]) {
    // Taken for options, it would be a client without any: the environment has no tenant.
    assert.equal(typeof protectApi(client)(), 'function');
  }
});

test('works when it is taken out of the module cache and required again', async (t) => {
  let previous = require(main);
  for (let i = 0; i < 3; i += 1) {
    for (const file of Object.keys(require.cache).filter((name) => name.startsWith(dirname(main)))) {
      delete require.cache[file];
    }
    const { MonoCloudBackendNodeClient, MonoCloudTokenError } = require(main);
    assert.notEqual(MonoCloudBackendNodeClient, previous.MonoCloudBackendNodeClient);
    assert.ok((await validates(t, MonoCloudBackendNodeClient)) instanceof MonoCloudTokenError);
    await validates(t, previous.MonoCloudBackendNodeClient);
    previous = { MonoCloudBackendNodeClient };
  }
});

test('works when the addon itself is required again', async (t) => {
  const own = Object.keys(require.cache).filter((name) => !name.includes('node_modules'));
  for (const file of own) {
    delete require.cache[file];
  }
  const { MonoCloudBackendNodeClient, MonoCloudTokenError } = require(main);
  assert.ok((await validates(t, MonoCloudBackendNodeClient)) instanceof MonoCloudTokenError);
});

/** A module registry of its own whose modules run in a context of their own, as test runners make one per file. */
function requireInContext(context, registry = new Map()) {
  return function load(file) {
    if (registry.has(file)) {
      return registry.get(file).exports;
    }
    const module = { exports: {} };
    registry.set(file, module);
    const local = createRequire(file);
    const resolve = (id) => (id.startsWith('.') ? local.resolve(id) : id);
    const requireNext = (id) => {
      const target = resolve(id);
      return target.endsWith('.js') ? load(target) : local(target);
    };
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    const run = vm.runInContext(source, context, { filename: file });
    run(module.exports, Object.assign(requireNext, { resolve }), module, file, dirname(file));
    return module.exports;
  };
}

function createContext(globals = { fetch }) {
  return vm.createContext({ process, Buffer, setTimeout, clearTimeout, AbortController, ...globals });
}

test('works in several vm contexts at once, each with a module registry of its own', async (t) => {
  const doors = [createContext(), createContext(), createContext({})].map((context) => requireInContext(context)(main));
  for (const { MonoCloudBackendNodeClient, MonoCloudTokenError } of doors) {
    assert.ok((await validates(t, MonoCloudBackendNodeClient)) instanceof MonoCloudTokenError);
  }
  const [one, other] = doors.map(({ MonoCloudBackendNodeClient }) => MonoCloudBackendNodeClient);
  assert.notEqual(one, other);
});

test('the option errors of a client in a vm context are of the classes of that context', () => {
  const { MonoCloudBackendNodeClient, MonoCloudValidationError } = requireInContext(createContext())(main);
  assert.throws(
    () => new MonoCloudBackendNodeClient({ tenantDomain: 'https://example.com' }),
    (error) => error instanceof MonoCloudValidationError && error.message === '"audience" is required',
  );
});
