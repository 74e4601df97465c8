import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import {
  AUDIENCE,
  ISSUER,
  jsonResponse,
  recordedTenant,
  signedTexts,
  signingKey,
  soundClaims,
  soundJwt,
} from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const BLANK = 'Access token must be a valid non-empty string';

/** A client that has the keys already, and one that has to fetch them: both must decide alike. */
async function clients(options) {
  const cold = new MonoCloudBackendNodeClient({ ...recordedTenant().options, ...options });
  const warm = new MonoCloudBackendNodeClient({ ...recordedTenant().options, ...options });
  await warm.getJwks();
  return [warm, cold];
}

describe('the order of checks', () => {
  const badPayload = '%%';
  const notBase64 = 'a+b=';
  const kid = async () => (await signingKey()).kid;
  const header = async (more) => encode({ alg: 'ES256', kid: await kid(), ...more });
  /** Each token has the fault of its row and those of all rows below it, as far as they can be together. */
  const rows = [
    ['too large, 2 parts', () => `${'a'.repeat(65_536)}.b`, 'Access token exceeds the maximum size of 64 KiB'],
    ['1 part', () => '%%', 'JWT access token must have a header, payload and signature'],
    ['2 parts', () => '%%.%%', 'JWT access token must have a header, payload and signature'],
    ['4 parts', () => '%%.%%.%%.%%', 'JWT access token must have a header, payload and signature'],
    ['header not base64url', () => `%%.${badPayload}.${notBase64}`, 'Failed to parse JWT Header'],
    ['header not JSON', () => `${encode('{crit')}.${badPayload}.${notBase64}`, 'Failed to parse JWT Header'],
    ['header empty', () => `.${badPayload}.${notBase64}`, 'Failed to parse JWT Header'],
    ...[null, ['crit'], 5, 'crit', true].map((value) => [
      `header ${JSON.stringify(value)}`,
      () => `${encode(JSON.stringify(value))}.${badPayload}.${notBase64}`,
      'JWT Header must be a top level object',
    ]),
    ...[['b64'], [], null, false].map((crit) => [
      `crit ${JSON.stringify(crit)}`,
      async () => `${await header({ crit, alg: 'none' })}.${badPayload}.${notBase64}`,
      'Unexpected JWT "crit" header parameter',
    ]),
    [
      'signature not base64url',
      async () => `${await header({ alg: 'none' })}.${badPayload}.${notBase64}`,
      'JWT signature verification failed',
    ],
    [
      'algorithm unknown',
      async () => `${await header({ alg: 'none', kid: 'x' })}.${badPayload}.`,
      'unsupported JWS "alg" identifier',
    ],
    [
      'no such key',
      async () => `${await header({ kid: 'x' })}.${badPayload}.`,
      'No matching key found in the JSON Web Key Set',
    ],
    ['signature empty', async () => `${await header()}.${badPayload}.`, 'JWT signature verification failed'],
    [
      'signature wrong',
      async () => `${await header()}.${badPayload}.${'A'.repeat(86)}`,
      'JWT signature verification failed',
    ],
    ['payload not JSON', async () => sign('{iss'), 'Failed to parse JWT Payload'],
    ['payload empty', async () => sign(''), 'Failed to parse JWT Payload'],
    ...[null, [], 5, 'text'].map((value) => [
      `payload ${JSON.stringify(value)}`,
      async () => sign(JSON.stringify(value)),
      'JWT Payload must be a top level object',
    ]),
    ['no claims', async () => sign('{}'), 'Invalid Issuer'],
  ];
  const sign = async (payload) => signedTexts(JSON.stringify({ alg: 'ES256', kid: await kid() }), payload);

  for (const [name, token, message] of rows) {
    it(`${name}: ${message}`, async () => {
      const text = await token();
      for (const client of await clients()) {
        await assertRefused(() => client.validateJwtAccessToken(text), message);
        if (text.split('.').length === 3) await assertRefused(() => client.validateAccessToken(text), message);
      }
    });
  }

  it('goes on with claims, scopes, groups and binding', async () => {
    const faults = [
      [{ iss: 'https://other.example' }, 'Invalid Issuer'],
      [{ sub: 5 }, 'Invalid subject'],
      [{ aud: 'https://other.example' }, 'Invalid audience claim'],
      [{ exp: 1 }, 'Unexpected "exp" (expiration time) claim value, timestamp is <= now()'],
      [{ nbf: 9e9 }, 'Unexpected "nbf" (not before) claim value, timestamp is > now()'],
      [{ scope: 'none' }, 'Token is missing required scopes', 'insufficient_scope'],
      [{ groups: ['none'] }, 'Token is missing required groups', 'insufficient_groups'],
      [{ cnf: {} }, 'Client certificate is not present'],
    ];
    const sound = { scope: 'read', groups: ['staff'] };
    const options = { scopes: ['read'], groups: ['staff'], validateCertificateBinding: 'required' };
    for (let first = 0; first < faults.length; first++) {
      const [, message, code] = faults[first];
      const token = await soundJwt(Object.assign({}, sound, ...faults.slice(first).map(([claims]) => claims)));
      for (const client of await clients()) {
        await assertRefused(() => client.validateAccessToken(token, options), message, code);
        await assertRefused(() => client.validateJwtAccessToken(token, options), message, code);
      }
    }
  });

  it('asks for the keys after the header and the signature encoding, before the algorithm', async () => {
    const client = () => new MonoCloudBackendNodeClient(failing.options);
    const failing = recordedTenant({ jwks: () => new Response('', { status: 500 }) });
    const noAlgorithm = `${encode({ alg: 'none' })}.%%.`;
    for (const token of ['%%.%%.', `${encode([])}.%%.`, `${encode({ crit: [] })}.%%.`, `${noAlgorithm}a+b`]) {
      await assertRefused(() => client().validateAccessToken(token), /./);
    }
    assert.equal(failing.counts(), '0 0 0');
    const message = 'Error while fetching JWKS. Unexpected status code: 500';
    await assertThrows(() => client().validateAccessToken(noAlgorithm), 'MonoCloudHttpError', message);
    assert.equal(failing.counts(), '1 1 0');
  });
});

describe('what is no token', () => {
  for (const token of ['', ' \t\n\u00a0\ufeff', undefined, null, 5, {}, [], Buffer.from('a.b.c')]) {
    it(JSON.stringify(token) ?? 'undefined', async () => {
      for (const client of await clients()) {
        await assertThrows(() => client.validateAccessToken(token), 'MonoCloudValidationError', BLANK);
        await assertThrows(() => client.validateJwtAccessToken(token), 'MonoCloudValidationError', BLANK);
      }
    });
  }

  it('a token of 64 KiB is still one', async () => {
    const token = await soundJwt();
    const filler = 'x'.repeat(Math.floor(((65_536 - token.length) * 3) / 4) - 40);
    const large = await soundJwt({ filler });
    assert.ok(large.length > 65_000 && large.length <= 65_536, String(large.length));
    for (const client of await clients()) assert.equal((await client.validateAccessToken(large)).filler, filler);
  });
});

describe('the header', () => {
  it('may have any typ, or none', async () => {
    for (const typ of ['at+jwt', 'JWT', 'logout+jwt', 5, null, undefined]) {
      const token = await soundJwt({}, { header: { typ } });
      for (const client of await clients()) assert.equal((await client.validateAccessToken(token)).sub, 'user');
    }
  });

  it('names an algorithm that is known', async () => {
    const { kid } = await signingKey();
    for (const alg of [
      'none',
      'HS256',
      'HS384',
      'HS512',
      'ES256K',
      'es256',
      'RSA-OAEP',
      '',
      5,
      null,
      ['ES256'],
      undefined,
    ]) {
      const token = `${encode({ alg, kid })}.${encode(soundClaims())}.AAAA`;
      for (const client of await clients()) {
        await assertRefused(() => client.validateAccessToken(token), 'unsupported JWS "alg" identifier');
      }
    }
  });
});

describe('base64url', () => {
  const spoilt = async (index, change) => {
    const parts = (await soundJwt({ filler: 'ab' })).split('.');
    parts[index] = change(parts[index]);
    return parts.join('.');
  };
  const changes = {
    padding: (part) => `${part}${'='.repeat((4 - (part.length % 4)) % 4) || '='}`,
    'white space': (part) => `${part.slice(0, 4)} ${part.slice(4)}`,
    'the base64 alphabet': (part) => `${part.slice(0, -1)}+`,
    'a single last character': (part) => `${part.slice(0, part.length - (part.length % 4))}A`,
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`refuses ${name}`, async () => {
      for (const client of await clients()) {
        await assertRefused(
          async () => client.validateAccessToken(await spoilt(0, change)),
          'Failed to parse JWT Header',
        );
        const message = 'JWT signature verification failed';
        await assertRefused(async () => client.validateAccessToken(await spoilt(2, change)), message);
      }
    });
  }

  it('refuses bits that no octet has', async () => {
    const token = await soundJwt();
    const last = token.at(-1);
    const twin = { A: 'B', Q: 'R', g: 'h', w: 'x' }[last];
    assert.ok(twin, 'an ES256 signature ends in a character with four unused bits');
    for (const client of await clients()) {
      const message = 'JWT signature verification failed';
      await assertRefused(() => client.validateAccessToken(token.slice(0, -1) + twin), message);
    }
  });
});

describe('text', () => {
  it('is UTF-8', async () => {
    const claims = { name: 'Zoë 漢字 🦀', scope: 'läsa', groups: ['Größe'] };
    const token = await soundJwt(claims);
    for (const client of await clients()) {
      const answered = await client.validateAccessToken(token, { scopes: ['läsa'], groups: ['Größe'] });
      assert.equal(answered.name, claims.name);
    }
  });

  it('refuses invalid UTF-8', async () => {
    const { kid } = await signingKey();
    const header = JSON.stringify({ alg: 'ES256', kid });
    const badHeader = Buffer.concat([Buffer.from(header.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]);
    const payload = JSON.stringify(soundClaims());
    const badPayload = Buffer.concat([Buffer.from(payload.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]);
    for (const client of await clients()) {
      const first = await signedTexts(badHeader, payload);
      await assertRefused(() => client.validateAccessToken(first), 'Failed to parse JWT Header');
      const second = await signedTexts(header, badPayload);
      await assertRefused(() => client.validateAccessToken(second), 'Failed to parse JWT Payload');
    }
  });

  it('is read once: duplicates and __proto__ are what JSON.parse says', async () => {
    const { kid } = await signingKey();
    const sound = JSON.stringify(soundClaims()).slice(1, -1);
    const payload = `{"iss":"https://other.example","__proto__":{"admin":true},"a":1,"a":2,${sound}}`;
    const token = await signedTexts(JSON.stringify({ alg: 'ES256', kid }), payload);
    for (const client of await clients()) {
      const claims = await client.validateAccessToken(token);
      assert.deepEqual(claims, JSON.parse(payload));
      assert.deepEqual([claims.admin, claims.a, claims.iss], [undefined, 2, ISSUER]);
      assert.ok(Object.hasOwn(claims, '__proto__'));
    }
  });
});

it('the base class has no cache of tokens and no mode, and validates the same way', async () => {
  const client = new MonoCloudOidcBackendClient('tenant.example', AUDIENCE, {
    fetcher: async (url) =>
      jsonResponse(url.endsWith('/jwks') ? { keys: [(await signingKey()).publicJwk] } : { jwks_uri: `${ISSUER}/jwks` }),
  });
  const token = await soundJwt({ cnf: { 'x5t#S256': 'x' } });
  assert.equal((await client.validateJwtAccessToken(token)).sub, 'user');
  assert.equal(client.validateAccessToken, undefined);
});
