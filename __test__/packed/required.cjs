'use strict';

const assert = require('node:assert/strict');
const root = require('@monocloud/backend-node');
const clientCertificateAuth = require('@monocloud/backend-node/client-certificate-auth');
const { allowCN } = require('@monocloud/backend-node/client-certificate-auth/helpers');
const express = require('@monocloud/backend-node/express');
const fastify = require('@monocloud/backend-node/fastify');
const internal = require('@monocloud/backend-node/internal');
const utils = require('@monocloud/backend-node/utils');
const { validate } = require('./validation.cjs');

module.exports = (async () => {
  const client = new root.MonoCloudBackendNodeClient({ tenantDomain: 'https://tenant.example', audience: 'urn:api' });
  assert.equal(typeof express.protectApi(client)(), 'function');
  assert.equal(typeof fastify.protectApi(client)(), 'function');
  assert.equal(typeof clientCertificateAuth(allowCN(['svc-a'])), 'function');
  assert.equal(internal.encodeBase64Url('ü'), 'w7w');
  assert.equal(await utils.decrypt(await utils.encrypt('text', 'secret'), 'secret'), 'text');
  await validate(root);
  console.log('required');
})();
