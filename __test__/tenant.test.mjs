import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import testing from '../dist/testing/index.js';
import { tenantFor, getJson, decode, verifies, introspect, basic } from './support/tenant-requests.mjs';

const { FORGERIES, SIGNING_ALGORITHMS, certificateThumbprint, createTestTenant } = testing;

const require = createRequire(import.meta.url);

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
