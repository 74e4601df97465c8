import assert from 'node:assert/strict';
import { X509Certificate, createHmac, createPrivateKey, createSecretKey, sign, webcrypto } from 'node:crypto';
import { describe, it } from 'node:test';
import testing from '../dist/testing/index.js';
import {
  JWT_BEARER,
  JWT_SPIFFE,
  tenantFor,
  getJson,
  decode,
  introspect,
  basic,
  postOverTls,
  encodeJwt,
  assertionClaims,
} from './support/tenant-requests.mjs';

const { certificateThumbprint } = testing;

describe('introspection', () => {
  it('answers for issued, expired, revoked and unknown tokens', async (t) => {
    const { issuer, audience, issue, revoke, clientOptions } = await tenantFor(t);
    const credentials = { client_id: clientOptions.clientId, client_secret: clientOptions.clientSecret };
    const ask = async (token) => (await introspect(`${issuer}/introspect`, token, credentials)).body;
    const opaque = await issue({ opaque: true, scopes: ['read'], groups: ['admins'], claims: { tier: 'gold' } });
    const jwt = await issue({ scopes: ['read'] });
    assert.ok(!opaque.includes('.'));
    const answer = await ask(opaque);
    assert.equal(answer.active, true);
    assert.equal(answer.iss, issuer);
    assert.equal(answer.aud, audience);
    assert.equal(answer.scope, 'read');
    assert.deepEqual(answer.groups, ['admins']);
    assert.equal(answer.tier, 'gold');
    assert.equal((await ask(jwt)).active, true);
    revoke(opaque);
    revoke(jwt);
    const inactive = [opaque, jwt, 'unknown', await issue({ opaque: true, expiresIn: -1 })];
    for (const token of inactive) assert.deepEqual(await ask(token), { active: false });
  });

  it('refuses what is not an introspection request', async (t) => {
    const { issuer, clientOptions } = await tenantFor(t);
    const url = `${issuer}/introspect`;
    const { clientId, clientSecret } = clientOptions;
    assert.equal((await fetch(url)).status, 405);
    assert.equal((await fetch(`${issuer}/elsewhere`)).status, 404);
    const headers = { ...basic(clientId, clientSecret), 'content-type': 'application/json' };
    assert.equal((await fetch(url, { method: 'POST', headers, body: '{}' })).status, 400);
    const form = new URLSearchParams({ client_id: clientId, client_secret: clientSecret });
    const response = await fetch(url, { method: 'POST', body: form });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error, 'invalid_request');
  });

  it('records what arrived', async (t) => {
    const { issuer, requests, clientOptions } = await tenantFor(t);
    await getJson(`${issuer}/jwks`);
    await introspect(`${issuer}/introspect`, 'a b', {}, basic(clientOptions.clientId, clientOptions.clientSecret));
    assert.deepEqual(
      requests.map(({ endpoint, method, path, body }) => ({ endpoint, method, path, body })),
      [
        { endpoint: 'jwks', method: 'GET', path: '/jwks', body: '' },
        { endpoint: 'introspection', method: 'POST', path: '/introspect', body: 'token=a+b' },
      ],
    );
    assert.match(requests[1].headers.authorization, /^Basic /);
  });
});

describe('client authentication', () => {
  const expectRefusal = ({ status, body }, description) => {
    assert.equal(status, 401, description);
    assert.equal(body.error, 'invalid_client');
    assert.match(body.error_description, description);
  };

  it('checks secrets in the header and in the body', async (t) => {
    const clients = [
      { clientId: 'post', clientSecret: 's&=+%é', method: 'client_secret_post' },
      { clientId: 'basic', clientSecret: 's&=+%é', method: 'client_secret_basic' },
    ];
    const { issuer } = await tenantFor(t, { clients });
    const ask = (form, headers) => introspect(`${issuer}/introspect`, 'x', form, headers);
    const post = { client_id: 'post', client_secret: 's&=+%é' };
    assert.equal((await ask(post)).status, 200);
    assert.equal((await ask({}, basic('basic', 's&=+%é'))).status, 200);
    assert.equal((await ask({}, basic('basic', encodeURIComponent('s&=+%é')))).status, 200);
    expectRefusal(await ask({ ...post, client_secret: 'wrong' }), /secret is wrong/);
    expectRefusal(await ask({ ...post, client_id: 'nobody' }), /not registered/);
    expectRefusal(await ask({ ...post, client_id: 'basic' }), /must authenticate with client_secret_basic/);
    expectRefusal(await ask({}, basic('post', 's&=+%é')), /must authenticate with client_secret_post/);
    expectRefusal(await ask(post, basic('basic', 's&=+%é')), /More than one/);
    expectRefusal(await ask({}, { authorization: 'Bearer x' }), /no Basic credentials/);
    expectRefusal(await ask({}), /No client authentication/);
    const wrong = await ask({}, basic('basic', 'wrong'));
    expectRefusal(wrong, /secret is wrong/);
    assert.equal(wrong.headers.get('www-authenticate'), 'Basic');
  });

  it('lets the default client use either', async (t) => {
    const { issuer, clientOptions } = await tenantFor(t);
    const { clientId, clientSecret } = clientOptions;
    const url = `${issuer}/introspect`;
    assert.equal((await introspect(url, 'x', {}, basic(clientId, clientSecret))).status, 200);
    assert.equal((await introspect(url, 'x', { client_id: clientId, client_secret: clientSecret })).status, 200);
  });

  it('checks client_secret_jwt', async (t) => {
    const clients = [
      { clientId: 'mac', clientSecret: 'shared secret', method: 'client_secret_jwt' },
      { clientId: 'oct', jwk: { kty: 'oct', k: 'AAEC', alg: 'HS512' }, method: 'client_secret_jwt' },
    ];
    const { issuer } = await tenantFor(t, { clients });
    const assertion = (clientId, alg, secret, overrides) => {
      const input = encodeJwt({ alg }, assertionClaims(clientId, issuer, overrides));
      const key = createSecretKey(Buffer.from(secret));
      return `${input}.${createHmac(`sha${alg.slice(2)}`, key)
        .update(input)
        .digest('base64url')}`;
    };
    const ask = (client_assertion, form = {}) =>
      introspect(`${issuer}/introspect`, 'x', { client_assertion_type: JWT_BEARER, client_assertion, ...form });
    assert.equal((await ask(assertion('mac', 'HS256', 'shared secret'), { client_id: 'mac' })).status, 200);
    assert.equal((await ask(assertion('oct', 'HS512', Buffer.of(0, 1, 2)))).status, 200);
    expectRefusal(await ask(assertion('oct', 'HS256', Buffer.of(0, 1, 2))), /signature/);
    expectRefusal(await ask(assertion('mac', 'HS256', 'wrong secret')), /signature/);
    expectRefusal(await ask(assertion('mac', 'HS256', 'shared secret'), { client_id: 'oct' }), /not the subject/);
    expectRefusal(await ask('a.b.c'), /not a JWT/);
    expectRefusal(await ask('x', { client_assertion_type: 'urn:other', client_id: 'mac' }), /type is not supported/);
  });

  it('checks private_key_jwt', async (t) => {
    const generate = async () => {
      const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
      const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', pair.publicKey);
      return {
        jwk: { kty, crv, x, y, alg: 'ES256' },
        key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
      };
    };
    const [own, foreign] = await Promise.all([generate(), generate()]);
    const { issuer } = await tenantFor(t, {
      clients: [{ clientId: 'app', jwk: own.jwk, method: 'private_key_jwt' }],
    });
    const assertion = (overrides, key = own.key, alg = 'ES256') => {
      const input = encodeJwt({ alg }, assertionClaims('app', issuer, overrides));
      const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    };
    const ask = (client_assertion) => {
      const form = { client_id: 'app', client_assertion_type: JWT_BEARER, client_assertion };
      return introspect(`${issuer}/introspect`, 'x', form);
    };
    const sound = assertion();
    const now = Math.floor(Date.now() / 1000);
    assert.equal((await ask(sound)).status, 200);
    assert.equal((await ask(assertion({ aud: ['urn:x', issuer] }))).status, 200);
    expectRefusal(await ask(sound), /used before/);
    expectRefusal(await ask(assertion({}, foreign.key)), /signature/);
    expectRefusal(await ask(assertion({}, own.key, 'ES384')), /signature/);
    expectRefusal(await ask(assertion({}, own.key, 'HS256')), /must authenticate with private_key_jwt/);
    expectRefusal(await ask(assertion({ aud: `${issuer}/` })), /audience/);
    expectRefusal(await ask(assertion({ iss: 'other' })), /issuer and the subject/);
    expectRefusal(await ask(assertion({ sub: 'other' })), /not the subject/);
    expectRefusal(await ask(assertion({ exp: now - 1 })), /expired/);
    expectRefusal(await ask(assertion({ exp: undefined })), /expired/);
    expectRefusal(await ask(assertion({ nbf: now + 600 })), /not valid yet/);
    expectRefusal(await ask(assertion({ jti: undefined })), /no jti/);
  });

  it('checks spiffe_jwt', async (t) => {
    const { issuer, clientOptions } = await tenantFor(t, {
      clients: [{ clientId: 'workload', assertion: 'the.svid.itself', method: 'spiffe_jwt' }],
    });
    const ask = (client_assertion) => {
      const form = { client_id: 'workload', client_assertion_type: JWT_SPIFFE, client_assertion };
      return introspect(`${issuer}/introspect`, 'x', form);
    };
    assert.equal(clientOptions.clientSecret, 'the.svid.itself');
    assert.equal(clientOptions.clientAuthMethod, 'spiffe_jwt');
    assert.equal((await ask('the.svid.itself')).status, 200);
    expectRefusal(await ask('another.svid.here'), /not the registered one/);
  });

  it('checks client certificates', async (t) => {
    const tenant = await tenantFor(t, { mutualTls: true, trustStoreId: 'eu', clients: [] });
    const uris = ['spiffe://example.org/app'];
    const [pki, renewed, expired, other, workload, own, lookalike] = await Promise.all([
      tenant.certificate({ commonName: 'pki' }),
      tenant.certificate({ commonName: 'pki' }),
      tenant.certificate({ commonName: 'pki', expired: true }),
      tenant.certificate({ commonName: 'other' }),
      tenant.certificate({ commonName: 'workload', uris }),
      tenant.selfSignedCertificate({ commonName: 'own' }),
      tenant.selfSignedCertificate({ commonName: 'pki' }),
    ]);
    tenant.registerClient({ clientId: 'pki', method: 'tls_client_auth', certificate: pki.certificate });
    tenant.registerClient({ clientId: 'own', method: 'self_signed_tls_client_auth', certificate: own.certificate });
    tenant.registerClient({ clientId: 'workload', method: 'spiffe_x509', certificate: workload.certificate });
    const ask = (client_id, pair, path = '/introspect') =>
      postOverTls(`${tenant.mutualTlsUrl}${path}`, tenant.ca, pair, { token: 'x', client_id });

    assert.equal((await ask('pki', pki)).status, 200);
    assert.equal((await ask('pki', renewed)).status, 200);
    assert.equal((await ask('pki', pki, '/trust-stores/eu/introspect')).status, 200);
    assert.equal((await ask('own', own)).status, 200);
    assert.equal((await ask('workload', workload)).status, 200);
    assert.equal(new X509Certificate(tenant.requests[0].clientCertificate).subject, 'CN=pki');

    expectRefusal(await ask('pki', expired), /not trusted/);
    expectRefusal(await ask('pki', lookalike), /not trusted/);
    expectRefusal(await ask('pki', other), /subject/);
    expectRefusal(await ask('pki', undefined), /No client certificate/);
    expectRefusal(await ask('own', lookalike), /not the registered one/);
    expectRefusal(await ask('workload', pki), /not the registered one/);
    expectRefusal(await introspect(`${tenant.issuer}/introspect`, 'x', { client_id: 'pki' }), /No client certificate/);

    const bound = await postOverTls(`${tenant.mutualTlsUrl}/token`, tenant.ca, pki, {
      grant_type: 'client_credentials',
      client_id: 'pki',
    });
    assert.equal(decode(bound.body.access_token)[1].cnf['x5t#S256'], certificateThumbprint(pki.certificate));
  });
});
