import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  X509Certificate,
  constants,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  randomUUID,
  sign,
  verify,
  webcrypto,
} from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import tls from 'node:tls';

const require = createRequire(import.meta.url);
const testing = require('../dist/testing/index.js');
const { FORGERIES, SIGNING_ALGORITHMS, certificateThumbprint, createCertificateAuthority, createTestTenant } = testing;

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe';

async function tenantFor(t, options) {
  const tenant = await createTestTenant(options);
  t.after(() => tenant.close());
  return tenant;
}

const getJson = async (url) => (await fetch(url)).json();

function decode(token) {
  const [header, payload] = token.split('.');
  return [header, payload].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
}

function verifies(token, jwk) {
  const [header, payload, signature] = token.split('.');
  const { alg } = decode(token)[0];
  const options = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  if (alg.startsWith('PS')) {
    Object.assign(options, { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(alg.slice(2)) / 8 });
  }
  const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`;
  return verify(hash, Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, 'base64url'));
}

async function introspect(url, token, form = {}, headers = {}) {
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams({ token, ...form }) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function basic(id, secret) {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

/** A POST over TLS with a client certificate, on a connection of its own. */
async function postOverTls(url, ca, client, form) {
  const body = new URLSearchParams(form).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const request = https.request(url, {
    method: 'POST',
    ca,
    cert: client?.certificate,
    key: client?.key,
    headers,
    agent: false,
  });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) };
}

function encodeJwt(header, claims) {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

function assertionClaims(clientId, issuer, overrides = {}) {
  const now = Math.floor(Date.now() / 1000);
  return { jti: randomUUID(), aud: issuer, exp: now + 60, iat: now, iss: clientId, sub: clientId, ...overrides };
}

describe('discovery and keys', () => {
  it('announces its endpoints', async (t) => {
    const { issuer, clientOptions } = await tenantFor(t);
    const document = await getJson(`${issuer}/.well-known/openid-configuration`);
    assert.match(issuer, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(document.issuer, issuer);
    assert.equal(document.jwks_uri, `${issuer}/jwks`);
    assert.equal(document.introspection_endpoint, `${issuer}/introspect`);
    assert.equal(document.token_endpoint, `${issuer}/token`);
    assert.equal(document.mtls_endpoint_aliases, undefined);
    assert.ok(!document.introspection_endpoint_auth_methods_supported.includes('tls_client_auth'));
    assert.deepEqual(Object.keys(clientOptions), ['tenantDomain', 'audience', 'clientId', 'clientSecret']);
    assert.equal(clientOptions.tenantDomain, issuer);
  });

  it('announces the mutual TLS listener and the trust store', async (t) => {
    const tenant = await tenantFor(t, { mutualTls: true, trustStoreId: 'store 1' });
    const document = await getJson(`${tenant.issuer}/.well-known/openid-configuration`);
    const { mtls_endpoint_aliases: aliases, mtls_additional_endpoint_aliases: additional } = document;
    assert.equal(aliases.introspection_endpoint, `${tenant.mutualTlsUrl}/introspect`);
    assert.equal(
      additional['store 1'].introspection_endpoint,
      `${tenant.mutualTlsUrl}/trust-stores/store%201/introspect`,
    );
  });

  for (const alg of SIGNING_ALGORITHMS) {
    it(`publishes and signs with ${alg}`, async (t) => {
      const { issuer, issue } = await tenantFor(t, { algorithms: [alg] });
      const { keys } = await getJson(`${issuer}/jwks`);
      const token = await issue();
      const [header] = decode(token);
      assert.equal(keys.length, 1);
      assert.deepEqual(header, { alg, typ: 'at+jwt', kid: keys[0].kid });
      assert.equal(keys[0].alg, alg);
      assert.equal(keys[0].use, 'sig');
      assert.ok(!('d' in keys[0]));
      assert.ok(verifies(token, keys[0]));
    });
  }

  it('publishes a key for an algorithm on first use', async (t) => {
    const { issuer, issue } = await tenantFor(t);
    const token = await issue({ alg: 'EdDSA' });
    const { keys } = await getJson(`${issuer}/jwks`);
    assert.deepEqual(keys.map((key) => key.alg).sort(), ['ES256', 'EdDSA']);
    assert.ok(
      verifies(
        token,
        keys.find((key) => key.alg === 'EdDSA'),
      ),
    );
    await assert.rejects(issue({ alg: 'HS256' }), TypeError);
  });

  it('withdraws or keeps former keys when it rotates', async (t) => {
    const { issuer, issue, rotateKeys } = await tenantFor(t, { algorithms: ['ES256', 'Ed25519'] });
    const kids = async () => (await getJson(`${issuer}/jwks`)).keys.map((key) => key.kid);
    const first = await kids();
    await rotateKeys({ keepOld: true });
    const second = await kids();
    assert.equal(new Set(second).size, 4);
    assert.ok(first.every((kid) => second.includes(kid)));
    assert.ok(!first.includes(decode(await issue())[0].kid));
    await rotateKeys();
    const third = await kids();
    assert.equal(third.length, 2);
    assert.ok(third.every((kid) => !second.includes(kid)));
  });
});

describe('tokens', () => {
  it('writes the claims asked for', async (t) => {
    const { issuer, audience, issue, certificate } = await tenantFor(t);
    const client = await certificate();
    const token = await issue({
      scopes: ['read:items', 'write:items'],
      groups: ['admins', { id: '7', name: 'Ops' }],
      claims: { tier: 'gold', client_id: undefined },
      expiresIn: -10,
      boundTo: client.certificate,
      subject: 'user-1',
      kid: 'other',
      header: { crit: ['x'] },
    });
    const [header, claims] = decode(token);
    assert.equal(header.kid, 'other');
    assert.deepEqual(header.crit, ['x']);
    assert.equal(claims.exp - claims.iat, -10);
    assert.deepEqual(
      { ...claims, iat: 0, exp: 0, jti: '' },
      {
        iss: issuer,
        sub: 'user-1',
        aud: audience,
        iat: 0,
        exp: 0,
        jti: '',
        scope: 'read:items write:items',
        groups: ['admins', { id: '7', name: 'Ops' }],
        cnf: { 'x5t#S256': certificateThumbprint(client.certificate) },
        tier: 'gold',
      },
    );
  });

  it('forges tokens that are wrong in one way', async (t) => {
    const { issuer, audience, forge, clientOptions } = await tenantFor(t);
    const [key] = (await getJson(`${issuer}/jwks`)).keys;
    const now = Date.now() / 1000;
    for (const kind of FORGERIES) {
      const token = await forge(kind, { scopes: ['read'], groups: ['admins'] });
      const [header, claims] = decode(token);
      const unsound = [
        ['expired', claims.exp < now],
        ['notYetValid', claims.nbf > now],
        ['wrongIssuer', claims.iss !== issuer],
        ['wrongAudience', claims.aud !== audience],
        ['tampered', header.alg === 'ES256' && header.kid === key.kid && claims.sub !== 'test-user'],
        ['algNone', header.alg === 'none' && token.endsWith('.')],
        ['hmacConfusion', header.alg === 'HS256'],
        ['unknownKid', header.kid !== undefined && header.kid !== key.kid],
        [
          'wrongKey',
          header.alg === 'ES256' && header.kid === key.kid && claims.sub === 'test-user' && !verifies(token, key),
        ],
        ['missingScope', claims.scope === undefined],
      ].filter(([, found]) => found);
      assert.deepEqual(
        unsound.map(([name]) => name),
        [kind],
      );
      const badSignature = ['tampered', 'wrongKey'].includes(kind);
      if (header.alg === 'ES256') assert.equal(verifies(token, key), !badSignature, kind);
      if (kind === 'hmacConfusion') {
        const [head, payload, signature] = token.split('.');
        const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
        assert.equal(createHmac('sha256', pem).update(`${head}.${payload}`).digest('base64url'), signature);
      }
      const { clientId: client_id, clientSecret: client_secret } = clientOptions;
      const { body } = await introspect(`${issuer}/introspect`, token, { client_id, client_secret });
      assert.equal(body.active, kind === 'missingScope', kind);
    }
    await assert.rejects(forge('unheardOf'), TypeError);
  });

  it('gives access tokens for client credentials', async (t) => {
    const clients = [
      { clientId: 'plain', clientSecret: 'secret', method: 'client_secret_post' },
      { clientId: 'opaque', clientSecret: 'secret', method: 'client_secret_basic', opaqueTokens: true },
    ];
    const { issuer } = await tenantFor(t, { clients });
    const request = async (form, headers = {}) => {
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
      return { status: response.status, body: await response.json() };
    };
    const secret = { client_id: 'plain', client_secret: 'secret' };
    const jwt = await request({ grant_type: 'client_credentials', scope: 'a b', ...secret });
    assert.equal(jwt.status, 200);
    assert.equal(jwt.body.token_type, 'Bearer');
    assert.equal(jwt.body.expires_in, 300);
    assert.equal(decode(jwt.body.access_token)[1].scope, 'a b');
    assert.equal(decode(jwt.body.access_token)[1].sub, 'plain');
    const opaque = await request({ grant_type: 'client_credentials' }, basic('opaque', 'secret'));
    assert.ok(!opaque.body.access_token.includes('.'));
    assert.equal((await request({ grant_type: 'password', ...secret })).body.error, 'unsupported_grant_type');
    assert.equal((await request({ grant_type: 'client_credentials' })).status, 401);
  });
});

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

describe('faults', () => {
  it('answers with another status, headers and body, as often as asked', async (t) => {
    const { issuer, fail, recover } = await tenantFor(t);
    const url = `${issuer}/jwks`;
    fail({ endpoint: 'jwks', times: 1 });
    fail({ endpoint: 'jwks', status: 429, headers: { 'retry-after': '7' }, times: 1 });
    fail({ endpoint: 'jwks', body: { keys: [] }, times: 1 });
    fail({ endpoint: 'jwks', body: 'no JSON' });
    assert.equal((await fetch(url)).status, 503);
    const second = await fetch(url);
    assert.equal(second.status, 429);
    assert.equal(second.headers.get('retry-after'), '7');
    assert.deepEqual(await getJson(url), { keys: [] });
    for (const response of [await fetch(url), await fetch(url)]) {
      assert.equal(response.status, 200);
      assert.equal(await response.text(), 'no JSON');
    }
    assert.equal((await fetch(`${issuer}/.well-known/openid-configuration`)).status, 200);
    recover('jwks');
    assert.equal((await getJson(url)).keys.length, 1);
    fail({ endpoint: 'discovery', status: 500 });
    recover();
    assert.equal((await fetch(`${issuer}/.well-known/openid-configuration`)).status, 200);
  });

  it('cuts, stalls and delays', async (t) => {
    const { issuer, fail } = await tenantFor(t);
    const url = `${issuer}/jwks`;
    fail({ endpoint: 'jwks', truncate: true, times: 1 });
    fail({ endpoint: 'jwks', truncate: 0, times: 1 });
    fail({ endpoint: 'jwks', disconnect: true, times: 1 });
    fail({ endpoint: 'jwks', stall: true, times: 1 });
    fail({ endpoint: 'jwks', delay: 5, times: 1 });
    fail({ endpoint: 'jwks', delay: 600_000, times: 1 });
    for (let cut = 0; cut < 2; cut += 1) {
      const response = await fetch(url);
      assert.equal(response.status, 200);
      await assert.rejects(response.json(), TypeError);
    }
    await assert.rejects(fetch(url), TypeError);
    const stalled = await fetch(url);
    const { value, done } = await stalled.body.getReader().read();
    assert.equal(done, false);
    assert.equal(value.length, Math.floor(Number(stalled.headers.get('content-length')) / 2));
    assert.equal((await getJson(url)).keys.length, 1);
    await assert.rejects(fetch(url, { signal: AbortSignal.timeout(50) }));
  });
});

describe('certificates', () => {
  it('are issued by the authority, with the names and usages asked for', async (t) => {
    const { ca, certificate, serverCertificate } = await tenantFor(t);
    const root = new X509Certificate(ca);
    assert.ok(root.ca);
    assert.ok(root.checkIssued(root));
    assert.ok(root.verify(root.publicKey));
    const options = { commonName: 'Zoë', organization: 'Example', dnsNames: ['a.example'], uris: ['spiffe://e/a'] };
    const pair = await certificate(options);
    const client = new X509Certificate(pair.certificate);
    assert.ok(client.checkIssued(root));
    assert.ok(client.verify(root.publicKey));
    assert.ok(client.checkPrivateKey(createPrivateKey(pair.key)));
    assert.equal(client.ca, false);
    assert.equal(client.subject, 'O=Example\nCN=Zoë');
    assert.equal(client.issuer, root.subject);
    assert.equal(client.subjectAltName, 'DNS:a.example, URI:spiffe://e/a');
    assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    const hosts = ['api.example', '127.0.0.1', '::1', '2001:db8::7', '::ffff:10.0.0.1'];
    const server = new X509Certificate((await serverCertificate(hosts)).certificate);
    assert.equal(server.checkHost('api.example'), 'api.example');
    for (const address of hosts.slice(1)) assert.ok(server.checkIP(address), address);
    assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  });

  it('sign themselves, expire, and reach past 2049', async (t) => {
    const { certificate, selfSignedCertificate } = await tenantFor(t);
    const own = new X509Certificate((await selfSignedCertificate({ commonName: 'own' })).certificate);
    assert.ok(own.verify(own.publicKey));
    assert.equal(own.subject, own.issuer);
    const read = async (options) => new X509Certificate((await certificate(options)).certificate);
    assert.ok(Date.parse((await read({ expired: true })).validTo) < Date.now());
    assert.ok(Date.parse((await read({ notYetValid: true })).validFrom) > Date.now());
    const notBefore = new Date('1999-12-31T23:59:58Z');
    const notAfter = new Date('2050-01-02T03:04:05Z');
    const long = await read({ notBefore, notAfter });
    assert.equal(Date.parse(long.validFrom), notBefore.getTime());
    assert.equal(Date.parse(long.validTo), notAfter.getTime());
  });

  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    it(`pass a handshake of ${maxVersion} in which both sides verify`, async (t) => {
      const authority = createCertificateAuthority();
      const server = authority.issueServer(['localhost', '127.0.0.1']);
      const client = authority.issueClient({ commonName: 'peer' });
      const ca = authority.certificate;
      const identity = { cert: server.certificate, key: server.key, ca };
      const listener = tls.createServer({ ...identity, requestCert: true, rejectUnauthorized: false });
      t.after(() => listener.close());
      listener.on('secureConnection', (socket) => {
        socket.end(`${socket.authorized} ${socket.getPeerCertificate().subject.CN}`);
      });
      await once(listener.listen(0, '127.0.0.1'), 'listening');
      const { port } = listener.address();
      const answerTo = async ({ certificate: cert, key }) => {
        const socket = tls.connect({ port, host: '127.0.0.1', ca, maxVersion, cert, key });
        return (await socket.toArray()).join('');
      };
      assert.equal(await answerTo(client), 'true peer');
      assert.equal(await answerTo(createCertificateAuthority().issueClient()), 'false test-client');
    });
  }
});

describe('closing', () => {
  it('ends pending requests and can be repeated', async () => {
    const tenant = await createTestTenant({ mutualTls: true });
    tenant.fail({ endpoint: 'jwks', delay: 600_000 });
    const pending = assert.rejects(fetch(`${tenant.issuer}/jwks`));
    while (tenant.requests.length === 0) await new Promise(setImmediate);
    await tenant.close();
    await tenant.close();
    await pending;
    await assert.rejects(fetch(`${tenant.issuer}/jwks`));
  });

  it('is what the end of `await using` calls', { skip: Symbol.asyncDispose === undefined }, async () => {
    const tenant = await createTestTenant();
    await tenant[Symbol.asyncDispose]();
    await assert.rejects(fetch(`${tenant.issuer}/jwks`));
  });

  it('lets the process end', async () => {
    const source = `
      const { createTestTenant } = require(${JSON.stringify(require.resolve('../dist/testing/index.js'))});
      (async () => {
        const tenant = await createTestTenant({ mutualTls: true });
        tenant.fail({ endpoint: 'discovery', stall: true });
        await fetch(tenant.issuer + '/.well-known/openid-configuration');
        await tenant.issue();
        await tenant.close();
        console.log('closed');
      })();`;
    const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = child.stdout.toArray();
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
    assert.equal((await output).join(''), 'closed\n');
  });

  it('reports a taken port', async (t) => {
    const { issuer } = await tenantFor(t);
    const port = Number(new URL(issuer).port);
    await assert.rejects(createTestTenant({ port, mutualTls: true }), { code: 'EADDRINUSE' });
  });
});
