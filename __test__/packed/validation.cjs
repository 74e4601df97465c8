'use strict';

const { subtle } = require('node:crypto').webcrypto;

const tenantDomain = 'https://tenant.example';
const audience = 'https://api.example';

/** Validates a good and an expired token with a client of the given class and keys of its own. */
module.exports.validate = async function validate({ MonoCloudBackendNodeClient, MonoCloudTokenError }) {
  const { privateKey, publicKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const jwk = await subtle.exportKey('jwk', publicKey);
  const jwksResolver = async () => ({ keys: [{ ...jwk, key_ops: undefined, kid: '1', use: 'sig' }] });
  const client = new MonoCloudBackendNodeClient({ tenantDomain, audience, jwksResolver });

  const claims = await client.validateAccessToken(await sign(privateKey, 60));
  if (claims.sub !== 'user') throw new Error(`unexpected claims: ${JSON.stringify(claims)}`);
  const refusal = await client.validateAccessToken(await sign(privateKey, -120)).catch((error) => error);
  if (!(refusal instanceof MonoCloudTokenError)) throw refusal;
};

async function sign(key, lifetime) {
  const exp = Math.floor(Date.now() / 1000) + lifetime;
  const signed = [
    { alg: 'ES256', kid: '1' },
    { iss: tenantDomain, aud: audience, sub: 'user', exp },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const input = Buffer.from(signed.join('.'));
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, input);
  return [...signed, Buffer.from(signature).toString('base64url')].join('.');
}
