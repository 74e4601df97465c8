import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const version = require('../../package.json').version;

export function createClient({ issuer, audience }, more = {}) {
  const { MonoCloudBackendNodeClient } = require('../../dist/index.js');
  return new MonoCloudBackendNodeClient({ tenantDomain: issuer, audience, ...more });
}

export function create(context, _alg, more) {
  const client = createClient(context, more);
  return { validate: (token) => client.validateAccessToken(token) };
}
