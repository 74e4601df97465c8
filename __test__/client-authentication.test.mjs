import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import { frozenClock } from './support/frozen-clock.mjs';
import { AUDIENCE, ISSUER, METADATA, recordedTenant, signingKey, soundClaims } from './support/recorded-tenant.mjs';
import { assertThrows } from './support/thrown.mjs';

const { verifySignature } = createRequire(import.meta.url)('../dist/testing/signatures.js');

const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
const JWT_BEARER = 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer';
const JWT_SPIFFE = 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-spiffe';
const START = 'token=opaque&token_type_hint=access_token';
const INVALID = 'Invalid Client Authentication Method';
const UNSUPPORTED = 'unsupported JWS algorithm';
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const metadata = {
  ...METADATA,
  mtls_endpoint_aliases: { introspection_endpoint: `${ISSUER}/mtls/introspect` },
  mtls_additional_endpoint_aliases: { store: { introspection_endpoint: `${ISSUER}/store/introspect` } },
};

/** The introspection request of a client, and the one of the base class with the same options. */
async function request(clientAuthMethod, clientSecret, options = {}) {
  const { token = 'opaque', discovery = metadata, ...more } = options;
  const given = { clientId: 'api', clientSecret, clientAuthMethod, ...more };
  const tenant = recordedTenant({ discovery });
  await new MonoCloudBackendNodeClient({ ...tenant.options, ...given }).introspectAccessToken(token);
  const other = recordedTenant({ discovery });
  const base = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { ...given, fetcher: other.fetcher });
  await base.introspectAccessToken(token);
  const [url, { signal, ...init }] = tenant.requests.at(-1);
  assert.ok(signal instanceof AbortSignal);
  assert.equal(other.requests.at(-1)[0], url);
  assert.deepEqual(Object.keys(other.requests.at(-1)[1]).sort(), ['body', 'headers', 'method']);
  return { url, ...init };
}

const simple = (body, more = {}) => ({
  url: METADATA.introspection_endpoint,
  method: 'POST',
  body,
  headers: FORM,
  ...more,
});

async function privateJwk(alg, members) {
  const { privateKey, publicJwk } = await signingKey(alg);
  // Through PEM: exporting the generated key object itself as a JWK can deadlock while Node 20 collects garbage.
  const { createPrivateKey } = await import('node:crypto');
  const copy = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { ...copy.export({ format: 'jwk' }), alg, kid: publicJwk.kid, ...members };
}

function assertionOf(body) {
  const parameters = new URLSearchParams(body);
  assert.deepEqual(
    [...parameters.keys()],
    ['token', 'token_type_hint', 'client_id', 'client_assertion_type', 'client_assertion'],
  );
  const assertion = parameters.get('client_assertion');
  assert.equal(body, `${START}&client_id=api&client_assertion_type=${JWT_BEARER}&client_assertion=${assertion}`);
  const [header, payload, signature] = assertion.split('.');
  const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return {
    header: parse(header),
    claims: parse(payload),
    input: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

describe('client_secret_basic', () => {
  const authorization = (pair) => ({
    headers: { ...FORM, authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
  });

  it('sends the credentials in the header only, without form-encoding', async () => {
    for (const secret of ['secret', 'sécret: %+&=', 'a'.repeat(300)]) {
      assert.deepEqual(await request('client_secret_basic', secret), simple(START, authorization(`api:${secret}`)));
    }
    const { headers } = await request('client_secret_basic', 's', { clientId: 'a b/ü' });
    assert.equal(headers.authorization, authorization('a b/ü:s').headers.authorization);
  });

  it('sends an empty secret when there is none', async () => {
    assert.deepEqual(await request('client_secret_basic'), simple(START, authorization('api:')));
  });

  it('is the default of the base class', async () => {
    const { fetcher, requests } = recordedTenant();
    const client = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, { clientId: 'api', clientSecret: 's', fetcher });
    await client.introspectAccessToken('opaque');
    assert.deepEqual(requests[1][1], { method: 'POST', body: START, ...authorization('api:s') });
  });
});

describe('client_secret_post', () => {
  it('sends id and secret in the body', async () => {
    const expected = simple(`${START}&client_id=api&client_secret=s%C3%A9c+ret%26%2B%25~*`);
    assert.deepEqual(await request('client_secret_post', 'séc ret&+%~*'), {
      ...expected,
      body: expected.body.replace('~', '%7E'),
    });
  });

  it('is the default', async () => {
    assert.deepEqual(await request('client_secret_post', 's'), simple(`${START}&client_id=api&client_secret=s`));
    const { options, requests } = recordedTenant();
    await new MonoCloudBackendNodeClient({ ...options, clientId: 'api', clientSecret: 's' }).validateAccessToken(
      'opaque',
    );
    assert.equal(requests[1][1].body, `${START}&client_id=api&client_secret=s`);
  });

  it('sends the id alone when there is no secret', async () => {
    assert.deepEqual(await request('client_secret_post'), simple(`${START}&client_id=api`));
  });

  it('encodes the token as URLSearchParams does', async () => {
    const token = 'a b+c/d=é&x*~\u{1f600}';
    const { body } = await request('client_secret_post', 's', { token });
    const expected = new URLSearchParams({
      token,
      token_type_hint: 'access_token',
      client_id: 'api',
      client_secret: 's',
    });
    assert.equal(body, expected.toString());
  });
});

describe('assertions', () => {
  it('have these claims and no more', async (t) => {
    const { now } = frozenClock(t);
    const { header, claims } = assertionOf((await request('client_secret_jwt', 'secret')).body);
    assert.equal(JSON.stringify(header), '{"alg":"HS256"}');
    const { jti, ...others } = claims;
    assert.match(jti, /^[\w-]{43}$/);
    assert.deepEqual(Object.keys(claims), ['jti', 'aud', 'exp', 'iat', 'nbf', 'iss', 'sub']);
    assert.deepEqual(others, { aud: ISSUER, exp: now + 65, iat: now + 5, nbf: now + 5, iss: 'api', sub: 'api' });
    const again = assertionOf((await request('client_secret_jwt', 'secret')).body);
    assert.notEqual(again.claims.jti, jti);
  });

  it('of client_secret_jwt are signed with the UTF-8 octets of the secret', async () => {
    for (const secret of ['s', 'sécret', 'x'.repeat(200)]) {
      const { input, signature } = assertionOf((await request('client_secret_jwt', secret)).body);
      assert.deepEqual(signature, createHmac('sha256', Buffer.from(secret)).update(input).digest());
    }
  });

  for (const alg of ['HS256', 'HS384', 'HS512']) {
    it(`of client_secret_jwt are signed with an oct JWK by ${alg}`, async () => {
      const key = Buffer.from('0123456789abcdef0123456789abcdef');
      const jwk = { kty: 'oct', k: key.toString('base64url'), alg, kid: 'k1' };
      for (const secret of [jwk, { ...jwk, kid: undefined }]) {
        const { header, input, signature } = assertionOf((await request('client_secret_jwt', secret)).body);
        assert.equal(JSON.stringify(header), JSON.stringify({ alg, kid: secret.kid }));
        assert.deepEqual(
          signature,
          createHmac(`sha${alg.slice(2)}`, key)
            .update(input)
            .digest(),
        );
      }
    });
  }

  for (const alg of ALGORITHMS) {
    it(`of private_key_jwt are signed by ${alg}`, async () => {
      const jwk = await privateJwk(alg);
      for (const secret of [jwk, { ...jwk, kid: undefined, use: 'enc', key_ops: [], ext: false }]) {
        const { header, claims, input, signature } = assertionOf((await request('private_key_jwt', secret)).body);
        assert.equal(JSON.stringify(header), JSON.stringify({ alg, kid: secret.kid }));
        assert.equal(claims.sub, 'api');
        const publicKey = createPublicKey({ key: (await signingKey(alg)).publicJwk, format: 'jwk' });
        assert.ok(verifySignature(alg, publicKey, input, signature));
      }
    });
  }

  it('of private_key_jwt take a JWK as JSON text', async () => {
    const { fetcher, requests } = recordedTenant();
    const given = { clientId: 'api', clientSecret: JSON.stringify(await privateJwk('ES256')), fetcher };
    const options = { tenantDomain: ISSUER, audience: AUDIENCE, clientAuthMethod: 'private_key_jwt', ...given };
    await new MonoCloudBackendNodeClient(options).introspectAccessToken('opaque');
    assert.equal(assertionOf(requests[1][1].body).header.alg, 'ES256');
  });

  it('of spiffe_jwt are the secret, to the plain endpoint', async () => {
    const expected = `${START}&client_id=api&client_assertion_type=${JWT_SPIFFE}&client_assertion=a.b%2Bc.d`;
    assert.deepEqual(await request('spiffe_jwt', 'a.b+c.d', { trustStoreId: 'store' }), simple(expected));
  });
});

describe('methods with a client certificate', () => {
  const missing = 'mTLS introspection_endpoint is required but not available';
  for (const method of ['tls_client_auth', 'self_signed_tls_client_auth', 'spiffe_x509']) {
    it(`${method} sends the id alone, to the aliases`, async () => {
      const body = `${START}&client_id=api`;
      const url = `${ISSUER}/mtls/introspect`;
      assert.deepEqual(await request(method), simple(body, { url }));
      assert.deepEqual(await request(method, 'secret'), simple(body, { url }));
      const store = `${ISSUER}/store/introspect`;
      assert.deepEqual(await request(method, undefined, { trustStoreId: 'store' }), simple(body, { url: store }));
    });

    it(`${method} never falls back to another endpoint`, async () => {
      const fails = (options, message) =>
        assertThrows(() => request(method, undefined, options), 'MonoCloudValidationError', message);
      await fails({ discovery: METADATA }, `${missing} in the issuer metadata`);
      for (const introspection_endpoint of ['', null, 5]) {
        const discovery = { ...metadata, mtls_endpoint_aliases: { introspection_endpoint } };
        await fails({ discovery }, `${missing} in the issuer metadata`);
      }
      await fails({ trustStoreId: 'x' }, `${missing} for trust store 'x' in the issuer metadata`);
      const aliasesOnly = { ...metadata, mtls_additional_endpoint_aliases: undefined };
      const options = { discovery: aliasesOnly, trustStoreId: 'store' };
      await fails(options, `${missing} for trust store 'store' in the issuer metadata`);
    });
  }

  it('leave the other methods without effect of trustStoreId', async () => {
    for (const method of ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'spiffe_jwt']) {
      const { url } = await request(method, 'secret', { trustStoreId: 'store' });
      assert.equal(url, METADATA.introspection_endpoint);
    }
  });
});

describe('secrets of the wrong kind', () => {
  const oct = { kty: 'oct', k: 'AAAA', alg: 'HS256' };
  const rows = [
    ['client_secret_jwt', undefined, INVALID],
    ['client_secret_jwt', { ...oct, alg: undefined }, UNSUPPORTED],
    ['client_secret_jwt', { ...oct, alg: 'RS256' }, UNSUPPORTED],
    ['private_key_jwt', undefined, INVALID],
    ['private_key_jwt', {}, UNSUPPORTED],
    ['private_key_jwt', oct, UNSUPPORTED],
    ['private_key_jwt', { kty: 'EC', alg: 'ES256K' }, UNSUPPORTED],
    ['private_key_jwt', { kty: 'EC', alg: 'ES256' }, /^clientSecret cannot be used to sign with ES256: /],
    ['spiffe_jwt', undefined, INVALID],
  ];
  for (const [method, secret, message] of rows) {
    it(`${method} with ${JSON.stringify(secret)}: ${message}`, async () => {
      const error = await assertThrows(() => request(method, secret), 'MonoCloudValidationError', message);
      assert.ok(!error.message.includes('AAAA'));
    });
  }

  it('are told when they are used by the base class too', async () => {
    const wrong = [
      ['client_secret_jwt', { kty: 'RSA', alg: 'RS256' }],
      ['private_key_jwt', 'text'],
      ['spiffe_jwt', { kty: 'oct' }],
    ];
    for (const [clientAuthMethod, clientSecret] of wrong) {
      const tenant = recordedTenant({ introspection: { active: true, ...soundClaims() } });
      const given = { clientId: 'api', clientAuthMethod, clientSecret, fetcher: tenant.fetcher };
      const client = new MonoCloudOidcBackendClient(ISSUER, AUDIENCE, given);
      await assertThrows(() => client.introspectAccessToken('opaque'), 'MonoCloudValidationError', INVALID);
      assert.equal(tenant.counts(), '1 0 0');
    }
  });
});
