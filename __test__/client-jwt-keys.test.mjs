import assert from 'node:assert/strict';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { describe, it } from 'node:test';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { recordedTenant, signingKey, soundClaims, soundJwt } from './support/recorded-tenant.mjs';
import { assertRefused, assertThrows } from './support/thrown.mjs';

const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
const NOT_FOUND = 'No matching key found in the JSON Web Key Set';
const AMBIGUOUS =
  'error when selecting a JWT verification key, multiple applicable keys found, a "kid" JWT Header Parameter is required';
const WRONG = 'JWT signature verification failed';

const publicJwk = async (alg, members) => ({ ...(await signingKey(alg)).publicJwk, ...members });
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Validates with these keys, as the tenant's and as the caller's own. */
async function validate(token, ...keys) {
  const tenant = recordedTenant({ jwks: { keys } });
  const client = new MonoCloudBackendNodeClient(tenant.options);
  const other = new MonoCloudBackendNodeClient(recordedTenant().options);
  const [first, second] = await Promise.allSettled([
    client.validateAccessToken(token),
    other.validateJwtAccessToken(token, { jwks: { keys } }),
  ]);
  assert.equal(first.status, second.status);
  assert.deepEqual(first.value, second.value);
  assert.equal(first.reason?.message, second.reason?.message);
  if (first.status === 'rejected') throw first.reason;
  return first.value;
}

const accepts = async (token, ...keys) => assert.equal((await validate(await token, ...keys)).sub, 'user');
const refuses = (message, token, ...keys) => assertRefused(async () => validate(await token, ...keys), message);

describe('every algorithm', () => {
  for (const alg of ALGORITHMS) {
    it(`${alg} verifies`, async () => {
      const [token, key] = await Promise.all([soundJwt({}, { alg }), publicJwk(alg)]);
      await accepts(token, key);
      const [header, payload, signature] = token.split('.');
      const other = encode(soundClaims({ sub: 'somebody-else' }));
      await refuses(WRONG, `${header}.${other}.${signature}`, key);
      const cut = Buffer.from(signature, 'base64url').subarray(1).toString('base64url');
      await refuses(WRONG, `${header}.${payload}.${cut}`, key);
    });

    it(`${alg} is bound to its kind of key`, async () => {
      const token = await soundJwt({}, { alg, header: { kid: 'k' } });
      const foreign = ALGORITHMS.filter((other) => kindOf(other) !== kindOf(alg));
      for (const other of foreign) {
        await refuses(NOT_FOUND, token, await publicJwk(other, { kid: 'k', alg: undefined }));
      }
    });
  }

  it('ES256 signatures are r || s, not DER', async () => {
    const token = await soundJwt();
    const [header, payload, signature] = token.split('.');
    const [r, s] = [0, 32].map((at) => Buffer.from(signature, 'base64url').subarray(at, at + 32));
    const integer = (octets) => {
      const padded = octets[0] >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets;
      return Buffer.concat([Buffer.of(2, padded.length), padded]);
    };
    const body = Buffer.concat([integer(r), integer(s)]);
    const der = Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url');
    await refuses(WRONG, `${header}.${payload}.${der}`, await publicJwk());
  });

  it('an RSA key without alg serves PS256 and RS256', async () => {
    for (const alg of ['RS256', 'PS256', 'RS512']) {
      await accepts(await soundJwt({}, { alg }), await publicJwk(alg, { alg: undefined }));
    }
  });
});

describe('the choice of a key', () => {
  const noKid = () => soundJwt({}, { header: { kid: undefined } });

  it('takes the only candidate, whatever else is there', async () => {
    await accepts(noKid(), await publicJwk('RS256'), await publicJwk(), await publicJwk('EdDSA'));
  });

  it('needs exactly one', async () => {
    const key = await publicJwk();
    await refuses(AMBIGUOUS, noKid(), key, { ...key, kid: 'other' });
    await refuses(AMBIGUOUS, soundJwt(), key, key);
    await refuses(NOT_FOUND, noKid());
    await refuses(NOT_FOUND, noKid(), await publicJwk('RS256'));
  });

  it('compares kid as it is', async () => {
    const key = await publicJwk();
    await accepts(soundJwt(), { ...key, kid: 'other' }, key);
    await refuses(NOT_FOUND, soundJwt({}, { header: { kid: key.kid.toUpperCase() } }), key);
    await refuses(NOT_FOUND, soundJwt({}, { header: { kid: '' } }), key);
    await refuses(NOT_FOUND, soundJwt({}, { header: { kid: null } }), key);
    await refuses(NOT_FOUND, soundJwt(), { ...key, kid: undefined });
    await accepts(noKid(), { ...key, kid: undefined });
    await accepts(soundJwt({}, { header: { kid: '' } }), { ...key, kid: '' });
  });

  it('looks at alg, use and key_ops', async () => {
    for (const members of [
      { alg: undefined },
      { use: undefined },
      { key_ops: ['verify'] },
      { key_ops: ['x', 'verify'] },
    ]) {
      await accepts(soundJwt(), await publicJwk('ES256', members));
    }
    for (const members of [
      { alg: 'ES384' },
      { alg: '' },
      { use: 'enc' },
      { use: '' },
      { key_ops: ['sign'] },
      { key_ops: [] },
    ]) {
      await refuses(NOT_FOUND, soundJwt(), await publicJwk('ES256', members));
      await accepts(noKid(), await publicJwk('ES256', members), await publicJwk());
    }
  });

  it('does not look at ext and x5c', async () => {
    await accepts(soundJwt(), await publicJwk('ES256', { ext: false, x5c: ['?'], x5t: 5 }));
  });

  it('keeps to the curve', async () => {
    await refuses(NOT_FOUND, soundJwt(), await publicJwk('ES384', { alg: undefined, kid: (await signingKey()).kid }));
  });
});

describe('keys that are no candidates', () => {
  const material = randomBytes(32).toString('base64url');
  const twins = async () => {
    const { kid, publicJwk: key } = await signingKey();
    const rsa = await publicJwk('RS256', { kid });
    return [
      ['null', null],
      ['a number', 5],
      ['a string', 'key'],
      ['an array', [key]],
      ['no kty', { ...key, kty: undefined }],
      ['an unknown kty', { ...key, kty: 'AKP' }],
      ['an unknown curve', { ...key, crv: 'P-256K' }],
      ['a private key', { ...key, d: material }],
      ['a private key with d null', { ...key, d: null }],
      ['a symmetric key', { kty: 'oct', k: material, kid, alg: 'ES256' }],
      ['no y', { ...key, y: undefined }],
      ['a short x', { ...key, x: 'AAAA' }],
      ['x that is no base64url', { ...key, x: `${key.x.slice(0, -1)}=` }],
      ['x that is no string', { ...key, x: 5 }],
      ['an RSA key without n', { ...rsa, n: undefined, alg: undefined }],
      ['an RSA key with a member that is no base64url', { ...rsa, n: '%', alg: undefined }],
      ['an RSA key with exponent 1', { ...rsa, e: 'AQ', alg: undefined }],
    ];
  };

  it('poison nobody', async () => {
    const rows = await twins();
    const key = await publicJwk();
    for (const [name, twin] of rows) {
      await accepts(soundJwt(), twin, key).catch((error) => assert.fail(`${name}: ${error.message}`));
    }
    await accepts(soundJwt(), ...rows.map(([, twin]) => twin), key);
  });

  it('verify nothing by themselves', async () => {
    for (const [name, twin] of await twins()) {
      const error = await assertRefused(async () => validate(await soundJwt(), twin), NOT_FOUND);
      assert.equal(error.reason, 'key_not_found', name);
    }
  });

  it('a symmetric key does not make HS256 acceptable', async () => {
    const key = { kty: 'oct', k: material, kid: 'k', alg: 'HS256' };
    const input = `${encode({ alg: 'HS256', kid: 'k' })}.${encode(soundClaims())}`;
    const mac = await webcrypto.subtle.importKey('jwk', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const signature = Buffer.from(await webcrypto.subtle.sign('HMAC', mac, Buffer.from(input))).toString('base64url');
    await refuses('unsupported JWS "alg" identifier', `${input}.${signature}`, key);
  });
});

describe('RSA keys', () => {
  async function weakJwk(modulusLength) {
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength,
      publicExponent: Uint8Array.of(1, 0, 1),
    };
    const { publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    return webcrypto.subtle.exportKey('jwk', publicKey);
  }

  it('of less than 2048 bits are refused by name, unless there is a better one', async () => {
    const { kty, n, e } = await weakJwk(1024);
    for (const [alg, message] of [
      ['RS256', 'Unsupported RSASSA-PKCS1-v1_5 modulusLength'],
      ['PS256', 'Unsupported RSA-PSS modulusLength'],
    ]) {
      const { kid } = await signingKey(alg);
      const token = await soundJwt({}, { alg });
      await refuses(message, token, { kty, n, e, kid });
      await accepts(token, { kty, n, e, kid }, await publicJwk(alg));
    }
  });

  it('with exponent 1 verify nothing, although anybody could sign for them', async () => {
    const { kty, n, kid } = await publicJwk('RS256');
    const input = `${encode({ alg: 'RS256', kid })}.${encode(soundClaims())}`;
    // RFC 8017 section 9.2: with exponent 1 the encoded message is its own signature.
    const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
    const digest = createHash('sha256').update(input).digest();
    const padding = Buffer.alloc(256 - 3 - prefix.length - digest.length, 0xff);
    const forged = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), prefix, digest]).toString('base64url');
    const error = await assertRefused(() => validate(`${input}.${forged}`, { kty, n, kid, e: 'AQ' }), /./);
    assert.notEqual(error.reason, 'signature_invalid');
  });

  it('have an odd exponent of 3 to 2^33 - 1', async () => {
    const { kty, n, kid } = await publicJwk('RS256');
    const token = await soundJwt({}, { alg: 'RS256' });
    const exponent = (hex) => Buffer.from(hex, 'hex').toString('base64url');
    await accepts(token, { kty, n, kid, e: exponent('00010001') });
    for (const hex of ['', '00', '01', '02', '04', '010000', '0200000001', '010000000000000001']) {
      await refuses(/./, token, { kty, n, kid, e: exponent(hex) });
    }
    await refuses(WRONG, token, { kty, n, kid, e: exponent('03') });
  });
});

describe('options.jwks', () => {
  it('takes the place of the tenant', async () => {
    const tenant = recordedTenant({ jwks: { keys: [] } });
    const client = new MonoCloudBackendNodeClient(tenant.options);
    const token = await soundJwt();
    assert.equal((await client.validateJwtAccessToken(token, { jwks: { keys: [await publicJwk()] } })).sub, 'user');
    assert.deepEqual(tenant.requests, []);
    await client.getJwks();
    assert.equal((await client.validateJwtAccessToken(token, { jwks: { keys: [await publicJwk()] } })).sub, 'user');
    assert.deepEqual(await client.getJwks(), { keys: [] });
  });

  it('is not asked of the tenant when it is no key set', async () => {
    const tenant = recordedTenant();
    const client = new MonoCloudBackendNodeClient(tenant.options);
    for (const jwks of [{}, { keys: {} }, [], 'text', 5]) {
      const work = async () => client.validateJwtAccessToken(await soundJwt(), { jwks });
      await assertThrows(work, 'MonoCloudValidationError', /JSON Web Key Set/);
    }
    assert.deepEqual(tenant.requests, []);
  });
});

function kindOf(alg) {
  if (alg.startsWith('Ed')) return 'Ed25519';
  return alg.startsWith('ES') ? alg : 'RSA';
}
