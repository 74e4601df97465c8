import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { FRAMEWORKS } from './support/frameworks.mjs';

const { createTestTenant } = testing;

for (const { name, protectApi, listen } of FRAMEWORKS) {
  test(`${name}: a 503 says when to come back, a 401 does not`, async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
    const answer = async (token) => {
      const response = await fetch(`${url}/`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } });
      await response.arrayBuffer();
      return [response.status, response.headers.get('retry-after')];
    };
    tenant.fail({ endpoint: 'discovery', status: 503, headers: { 'retry-after': '20' } });
    const token = await tenant.issue();
    assert.deepEqual(await answer(token), [503, '20']);
    const [status, seconds] = await answer(token);
    assert.equal(status, 503);
    assert.match(seconds, /^(?:1\d|20)$/);
    assert.deepEqual(await answer('a.b.c'), [401, null]);
  });
}
