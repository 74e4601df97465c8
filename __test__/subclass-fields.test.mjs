import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { MonoCloudOidcBackendClient } from '@monocloud/backend-node';

const tenantDomain = 'https://tenant.example';
const audience = 'https://api.example';
const never = () => assert.fail('nothing is fetched');

let keys;
let token;

before(async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
  keys = { keys: [{ kty, crv, x, y, kid: '1' }] };
  const parts = [{ alg: 'ES256' }, { iss: tenantDomain, aud: audience, sub: 'user' }];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const scheme = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await webcrypto.subtle.sign(scheme, pair.privateKey, Buffer.from(input));
  token = `${input}.${Buffer.from(signature).toString('base64url')}`;
});

describe('the fields of a client that its subclass declares', () => {
  test('keys that a subclass declares as fields verify tokens', async () => {
    class Pinned extends MonoCloudOidcBackendClient {
      jwks = keys;
      jwksCacheExpiry = Infinity;
      metadata = { issuer: tenantDomain };
      metadataCacheExpiry = Infinity;
    }
    const client = new Pinned(tenantDomain, audience, { fetcher: never });
    assert.equal((await client.validateJwtAccessToken(token)).sub, 'user');
    assert.deepEqual(await client.getMetadata(), { issuer: tenantDomain });
  });

  test('fields declared without a value change nothing', async () => {
    class Declared extends MonoCloudOidcBackendClient {
      jwks;
      jwksCacheExpiry;
    }
    const jwksResolver = async () => keys;
    const client = new Declared(tenantDomain, audience, { fetcher: never, jwksResolver });
    assert.equal((await client.validateJwtAccessToken(token)).sub, 'user');
    assert.deepEqual(client.jwks, keys);
    assert.ok(client.jwksCacheExpiry > Date.now() / 1000);
  });

  test('endpoints follow the fields that a subclass declares', () => {
    class ByCertificate extends MonoCloudOidcBackendClient {
      usesMtlsEndpoints = true;
      trustStoreId = 'store';
    }
    const introspection_endpoint = 'https://store.tenant.example/introspect';
    const metadata = {
      issuer: tenantDomain,
      mtls_additional_endpoint_aliases: { store: { introspection_endpoint } },
    };
    const client = new ByCertificate(tenantDomain, audience, { fetcher: never });
    assert.equal(client.resolveEndpoint(metadata, 'introspection_endpoint'), introspection_endpoint);
  });

  test('a subclass may have members by names of the inside', async () => {
    class Named extends MonoCloudOidcBackendClient {
      compile = 'mine';
      core = 'mine';
      audience = 'mine';
      clientId = 'mine';
    }
    const client = new Named(tenantDomain, audience, { jwksResolver: async () => keys });
    assert.equal((await client.validateJwtAccessToken(token)).aud, audience);
  });
});
