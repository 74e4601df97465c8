import assert from 'node:assert/strict';
import * as root from '@monocloud/backend-node';
import clientCertificateAuth, { load } from '@monocloud/backend-node/client-certificate-auth';
import { allowCN } from '@monocloud/backend-node/client-certificate-auth/helpers';
import { protectApi as guardExpress } from '@monocloud/backend-node/express';
import { protectApi as guardFastify } from '@monocloud/backend-node/fastify';
import { encodeBase64Url } from '@monocloud/backend-node/internal';
import { decrypt, encrypt } from '@monocloud/backend-node/utils';
import validation from './validation.cjs';

const client = new root.MonoCloudBackendNodeClient({ tenantDomain: 'https://tenant.example', audience: 'urn:api' });
assert.equal(typeof guardExpress(client)(), 'function');
assert.equal(typeof guardFastify(client)(), 'function');
assert.equal(typeof clientCertificateAuth(allowCN(['svc-a'])), 'function');
assert.equal(await load(), clientCertificateAuth);
assert.equal(encodeBase64Url('ü'), 'w7w');
assert.equal(await decrypt(await encrypt('text', 'secret'), 'secret'), 'text');
await validation.validate(root);
console.log('imported');
