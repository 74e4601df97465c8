import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { MonoCloudBackendNodeClient, MonoCloudTokenError } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';

const { createTestTenant } = testing;

const CHANNEL = 'monocloud:backend:refuse';

/** What an operator reads about a refusal: the reason, and the code and the status that the caller got. */
const REFUSALS = [
  ['/', {}, { reason: 'token_missing', status: 401 }],
  ['/', { forge: 'expired' }, { reason: 'token_expired', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'notYetValid' }, { reason: 'token_not_yet_valid', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'wrongIssuer' }, { reason: 'issuer_mismatch', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'wrongAudience' }, { reason: 'audience_mismatch', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'tampered' }, { reason: 'signature_invalid', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'wrongKey' }, { reason: 'signature_invalid', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'algNone' }, { reason: 'algorithm_unsupported', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'hmacConfusion' }, { reason: 'algorithm_unsupported', code: 'invalid_token', status: 401 }],
  ['/', { forge: 'unknownKid' }, { reason: 'key_not_found', code: 'invalid_token', status: 401 }],
  ['/scoped', { issue: {} }, { reason: 'scopes_missing', code: 'insufficient_scope', status: 403 }],
  ['/grouped', { issue: {} }, { reason: 'groups_missing', code: 'insufficient_groups', status: 403 }],
  ['/bound', { issue: {} }, { reason: 'certificate_missing', code: 'invalid_token', status: 401 }],
  ['/', { revoke: true }, { reason: 'token_inactive', code: 'inactive_token', status: 401 }],
  [
    '/',
    { issue: { opaque: true }, fault: { endpoint: 'introspection', status: 503 } },
    { reason: 'status_unexpected', status: 503 },
  ],
  [
    '/',
    { issue: { opaque: true }, fault: { endpoint: 'introspection', status: 401, body: {} } },
    { reason: 'introspection_refused', status: 500 },
  ],
  [
    '/',
    { issue: { opaque: true }, fault: { endpoint: 'introspection', disconnect: true } },
    { reason: 'network_failed', status: 503 },
  ],
  ['/thrown', { issue: {} }, { reason: 'application_error', status: 401 }],
  ['/refused', { issue: {} }, { reason: 'application_error', code: 'insufficient_scope', status: 403 }],
];

// The channel is the process's own, so that these tests run one after the other.
for (const { name, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: diagnostics`, () => {
    test('each refusal is published with its reason, and nothing secret', async (t) => {
      const tenant = await createTestTenant();
      t.after(() => tenant.close());
      const published = collect(t);
      const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
      const protect = protectApi(client);
      const thrower = (error) => protectApi(client, { tokenResolver: () => Promise.reject(error) })();
      const url = await listen(t, [
        { path: '/', guard: protect() },
        { path: '/scoped', guard: protect({ scopes: ['secret:read'] }) },
        { path: '/grouped', guard: protect({ groups: ['admins'] }) },
        { path: '/bound', guard: protect({ validateCertificateBinding: true }) },
        { path: '/thrown', guard: thrower(new Error('detail')) },
        { path: '/refused', guard: thrower(new MonoCloudTokenError('detail', 'insufficient_scope')) },
      ]);
      for (const [path, { forge, issue, revoke, fault }, expected] of REFUSALS) {
        const holder = { subject: 'private-subject', claims: { email: 'person@example.com' } };
        let token;
        if (forge) token = await tenant.forge(forge, holder);
        if (issue) token = await tenant.issue({ ...holder, ...issue });
        if (revoke) tenant.revoke((token = await tenant.issue({ ...holder, opaque: true })));
        if (fault) tenant.fail(fault);
        const response = await send(url + path, { token });
        tenant.recover();
        const message = JSON.stringify(expected);
        assert.equal(response.status, expected.status, message);
        assert.equal(published.length, 1, message);
        const [event] = published.splice(0);
        const { reason, code, status } = event;
        assert.deepEqual({ reason, code, status }, { code: undefined, ...expected });
        assert.equal(typeof event.message, 'string', message);
        assert.deepEqual(Object.keys(event), ['reason', 'message', 'code', 'status']);
        const seen = inspect(event, { depth: Infinity, showHidden: true }) + JSON.stringify(response);
        const secrets = [tenant.clientOptions.clientSecret, 'private-subject', 'person@example.com', token];
        for (const secret of [...secrets, ...(token ?? '').split('.').filter((part) => part.length > 0)]) {
          assert.ok(secret === undefined || !seen.includes(secret), `${message} shows ${secret}`);
        }
      }
    });

    test('a request that passes is none', async (t) => {
      const tenant = await createTestTenant();
      t.after(() => tenant.close());
      const published = collect(t);
      const url = await listen(t, [
        { path: '/', guard: protectApi(new MonoCloudBackendNodeClient(tenant.clientOptions))() },
      ]);
      assertPassed(await send(url, { token: await tenant.issue() }));
      assert.deepEqual(published, []);
    });
  });
}

function collect(t) {
  const published = [];
  const listener = (event) => published.push(event);
  subscribe(CHANNEL, listener);
  t.after(() => unsubscribe(CHANNEL, listener));
  return published;
}
