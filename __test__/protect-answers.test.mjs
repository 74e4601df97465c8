import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  MonoCloudAuthBaseError,
  MonoCloudBackendNodeClient,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';

const { createTestTenant, FORGERIES } = testing;

const OPTIONS = { tenantDomain: 'https://tenant.example.com', audience: 'https://api.example.com' };

const response = (status) => ({ status, statusText: '', headers: {}, body: 'detail' });

/** What `validateAccessToken` throws, by the token that makes it do so. */
const FAILURES = {
  'token-invalid': [new MonoCloudTokenError('detail'), ANSWERS.invalid],
  'token-inactive': [new MonoCloudTokenError('detail', 'inactive_token'), ANSWERS.invalid],
  'token-unknown-code': [new MonoCloudTokenError('detail', 'something_else'), ANSWERS.invalid],
  'token-scope': [new MonoCloudTokenError('detail', 'insufficient_scope'), ANSWERS.forbidden],
  'token-groups': [new MonoCloudTokenError('detail', 'insufficient_groups'), ANSWERS.forbidden],
  'http-no-status': [new MonoCloudHttpError('detail'), ANSWERS.unavailable],
  'http-500': [new MonoCloudHttpError('detail', response(500)), ANSWERS.unavailable],
  'http-503': [new MonoCloudHttpError('detail', response(503)), ANSWERS.unavailable],
  'http-599': [new MonoCloudHttpError('detail', response(599)), ANSWERS.unavailable],
  'http-429': [new MonoCloudHttpError('detail', response(429)), ANSWERS.unavailable],
  'http-200': [new MonoCloudHttpError('detail', response(200)), ANSWERS.internal],
  'http-304': [new MonoCloudHttpError('detail', response(304)), ANSWERS.internal],
  'http-403': [new MonoCloudHttpError('detail', response(403)), ANSWERS.internal],
  'http-404': [new MonoCloudHttpError('detail', response(404)), ANSWERS.internal],
  'http-499': [new MonoCloudHttpError('detail', response(499)), ANSWERS.internal],
  op: [new MonoCloudOPError('invalid_client', 'detail', response(401)), ANSWERS.internal],
  validation: [new MonoCloudValidationError('detail'), ANSWERS.internal],
  base: [new MonoCloudAuthBaseError('detail'), ANSWERS.invalid],
  error: [new Error('detail'), ANSWERS.invalid],
  'type-error': [new TypeError('detail'), ANSWERS.invalid],
  'dom-exception': [new DOMException('detail', 'InvalidCharacterError'), ANSWERS.invalid],
  string: ['detail', ANSWERS.invalid],
  null: [null, ANSWERS.invalid],
  undefined: [undefined, ANSWERS.invalid],
};

class FailingClient extends MonoCloudBackendNodeClient {
  async validateAccessToken(token) {
    throw FAILURES[token][0];
  }
}

/** Trouble with the tenant, and what it must look like from outside. Never a 401: the token is sound. */
const TROUBLE = [
  ['discovery does not answer', { endpoint: 'discovery', disconnect: true }, ANSWERS.unavailable],
  ['discovery answers 500', { endpoint: 'discovery', status: 500 }, ANSWERS.unavailable],
  ['discovery answers 429', { endpoint: 'discovery', status: 429 }, ANSWERS.unavailable],
  ['discovery answers 404', { endpoint: 'discovery', status: 404 }, ANSWERS.internal],
  ['discovery answers HTML', { endpoint: 'discovery', body: '<html></html>' }, ANSWERS.internal],
  ['the body of discovery breaks off', { endpoint: 'discovery', truncate: true }, ANSWERS.unavailable],
  ['the JWKS does not answer', { endpoint: 'jwks', disconnect: true }, ANSWERS.unavailable],
  ['the JWKS answers 503', { endpoint: 'jwks', status: 503 }, ANSWERS.unavailable],
  ['the JWKS answers 403', { endpoint: 'jwks', status: 403 }, ANSWERS.internal],
  ['the JWKS is no key set', { endpoint: 'jwks', body: {} }, ANSWERS.internal],
  ['introspection answers 502', { endpoint: 'introspection', status: 502 }, ANSWERS.unavailable],
  ['introspection does not answer', { endpoint: 'introspection', disconnect: true }, ANSWERS.unavailable],
  ['introspection answers 400', { endpoint: 'introspection', status: 400, body: {} }, ANSWERS.internal],
  ['introspection answers 401', { endpoint: 'introspection', status: 401, body: 'no' }, ANSWERS.internal],
  ['introspection answers 404', { endpoint: 'introspection', status: 404 }, ANSWERS.internal],
  ['introspection answers HTML', { endpoint: 'introspection', body: '<html></html>' }, ANSWERS.internal],
];

for (const framework of FRAMEWORKS) {
  const { name, protectApi, listen } = framework;

  describe(`${name}: the answer to a request that may not pass`, { concurrency: true }, () => {
    test('each class of error has its own', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(new FailingClient(OPTIONS))() }]);
      assertAnswer(await send(url), ANSWERS.missing);
      for (const [token, [, expected]] of Object.entries(FAILURES)) {
        assertAnswer(await send(url, { token }), expected, token);
      }
    });

    test('a token is admitted, forbidden or invalid', async (t) => {
      const tenant = await tenantFor(t);
      const protect = protectApi(new MonoCloudBackendNodeClient(tenant.clientOptions));
      const url = await listen(t, [
        { path: '/', guard: protect() },
        { path: '/scoped', guard: protect({ scopes: ['read', 'write'] }) },
        { path: '/grouped', guard: protect({ groups: ['admins', 'editors'] }) },
      ]);
      const plain = await tenant.issue();
      const granted = await tenant.issue({ scopes: ['write', 'read', 'more'], groups: ['editors'] });
      for (const path of ['/', '/scoped', '/grouped']) {
        assert.equal(assertPassed(await send(url + path, { token: granted })).sub, 'test-user', path);
        assertAnswer(await send(url + path), ANSWERS.missing, path);
      }
      assertPassed(await send(url, { token: plain }));
      assertAnswer(await send(`${url}/scoped`, { token: plain }), ANSWERS.forbidden);
      assertAnswer(await send(`${url}/scoped`, { token: await tenant.issue({ scopes: ['read'] }) }), ANSWERS.forbidden);
      assertAnswer(await send(`${url}/grouped`, { token: plain }), ANSWERS.forbidden);
      for (const kind of FORGERIES.filter((forgery) => forgery !== 'missingScope')) {
        const forged = await tenant.forge(kind, { scopes: ['read', 'write'] });
        assertAnswer(await send(`${url}/scoped`, { token: forged }), ANSWERS.invalid, kind);
      }
    });

    test('an opaque token is admitted while it is active', async (t) => {
      const tenant = await tenantFor(t);
      const url = await listen(t, [
        { path: '/', guard: protectApi(new MonoCloudBackendNodeClient(tenant.clientOptions))() },
      ]);
      const token = await tenant.issue({ opaque: true });
      const claims = assertPassed(await send(url, { token }));
      assert.deepEqual([claims.sub, claims.active], ['test-user', undefined]);
      tenant.revoke(token);
      assertAnswer(await send(url, { token }), ANSWERS.invalid);
      assertAnswer(await send(url, { token: 'no-such-token' }), ANSWERS.invalid);
    });

    test('an opaque token that this API can not ask about is its own trouble', async (t) => {
      const tenant = await tenantFor(t);
      const { tenantDomain, audience } = tenant.clientOptions;
      const guard = protectApi(new MonoCloudBackendNodeClient({ tenantDomain, audience }))();
      const url = await listen(t, [{ path: '/', guard }]);
      assertAnswer(await send(url, { token: 'opaque' }), ANSWERS.internal);
    });

    for (const [trouble, fault, expected] of TROUBLE) {
      test(trouble, async (t) => {
        const tenant = await tenantFor(t);
        const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, metadataCacheDuration: 0 });
        const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
        const token = await tenant.issue({ opaque: fault.endpoint === 'introspection' });
        tenant.fail(fault);
        assertAnswer(await send(url, { token }), expected);
      });
    }
  });
}

async function tenantFor(t) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  return tenant;
}
