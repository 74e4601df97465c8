import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
  MonoCloudBackendNodeClient,
  MonoCloudHttpError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from '@monocloud/backend-node';
import { AUDIENCE, ISSUER, claims, clientWithKeys, createSigner } from './support/jws.mjs';

const BLANK = 'Access token must be a valid non-empty string';
const KEY_SET = "The key set must be a JSON Web Key Set: an object with an array 'keys'";

const signer = await createSigner();
const token = await signer.sign();
const client = clientWithKeys([signer.jwk]);

const trap = () => {
  throw new Error('trap');
};
const throwing = () => new Proxy({}, { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap });
const revoked = (target = {}) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const cyclic = () => {
  const object = {};
  return Object.assign(object, { object });
};
const deep = () => {
  let object = {};
  for (let i = 0; i < 100_000; i += 1) object = { object };
  return object;
};
const withGetter = (object, name) => Object.defineProperty(object, name, { enumerable: true, get: trap });

/** Values of every kind that are no string. */
const NOT_STRINGS = {
  undefined,
  null: null,
  number: 5,
  NaN,
  boolean: true,
  bigint: 5n,
  symbol: Symbol('token'),
  function: () => token,
  object: {},
  array: [token],
  Buffer: Buffer.from(token),
  String: new String(token),
  'an object with toString': { toString: () => token },
  'an object with toPrimitive': { [Symbol.toPrimitive]: () => token },
  'a throwing proxy': throwing(),
  'a revoked proxy': revoked(),
};

/** What has no JSON form, or none that is an object. */
const NOT_CLAIMS = {
  undefined: () => undefined,
  null: () => null,
  number: () => 5,
  string: () => 'claims',
  array: () => [claims()],
  function: () => claims,
  symbol: () => Symbol('claims'),
  'a cycle': () => claims({ cycle: cyclic() }),
  'a bigint': () => claims({ big: 5n }),
  'a throwing getter': () => withGetter(claims(), 'late'),
  'a throwing toJSON': () => claims({ toJSON: trap }),
  'a throwing proxy': throwing,
  'a revoked proxy': revoked,
  'endless nesting': () => claims({ deep: deep() }),
};

class OpenClient extends MonoCloudBackendNodeClient {
  checkClaims(...args) {
    return this.validateAccessTokenClaims(...args);
  }

  checkBinding(...args) {
    return this.validateCertificateBinding(...args);
  }
}

describe('hostile arguments', () => {
  test('what is no string is no token', async () => {
    for (const [title, value] of Object.entries({ ...NOT_STRINGS, empty: '', blank: ' \t\n\u00a0\ufeff' })) {
      for (const method of ['validateAccessToken', 'validateJwtAccessToken']) {
        await assert.rejects(client[method](value), validation(BLANK), `${method} ${title}`);
      }
      const asking = clientWithKeys([], { clientId: 'api' });
      await assert.rejects(asking.introspectAccessToken(value), validation(BLANK), title);
    }
  });

  test('decodeJwt refuses what is no JWT', () => {
    for (const [title, value] of Object.entries(NOT_STRINGS)) {
      assert.throws(() => MonoCloudBackendNodeClient.decodeJwt(value), MonoCloudTokenError, title);
    }
    for (const text of [
      '',
      'a',
      'a.b',
      'a.b.c',
      '..',
      `a.${Buffer.from('[]').toString('base64url')}.c`,
      'a.\ud800.c',
    ]) {
      assert.throws(() => MonoCloudBackendNodeClient.decodeJwt(text), MonoCloudTokenError, text);
    }
    const text = '{"__proto__":{"admin":true}}';
    const decoded = MonoCloudBackendNodeClient.decodeJwt(`a.${Buffer.from(text).toString('base64url')}.c`);
    assert.deepEqual([Object.keys(decoded), decoded.admin], [['__proto__'], undefined]);
  });

  test('requirements that are no lists or modes are refused', async () => {
    const notLists = [5, 5n, 'read', true, Symbol('s'), () => [], new Set(['a']), new Uint8Array(2), new String('a')];
    for (const list of notLists) {
      for (const name of ['scopes', 'groups']) {
        const expected = validation(`"${name}" must be an array of strings`);
        await assert.rejects(client.validateAccessToken(token, { [name]: list }), expected, String(list));
      }
    }
    for (const mode of [5, 5n, 'x', Symbol('s'), () => true, [], cyclic(), new Boolean(true), new String('required')]) {
      const options = { validateCertificateBinding: mode };
      await assert.rejects(client.validateAccessToken(token, options), MonoCloudValidationError, typeof mode);
    }
  });

  test('elements that are no strings are in no token', async () => {
    const lists = [
      [5],
      [null],
      [undefined],
      [Symbol('s')],
      [cyclic()],
      [[]],
      [() => ''],
      Object.assign([], { length: 3 }),
      [new String('a')],
    ];
    for (const list of lists) {
      await assert.rejects(client.validateAccessToken(token, { scopes: list }), { code: 'insufficient_scope' });
      await assert.rejects(client.validateAccessToken(token, { groups: list }), { code: 'insufficient_groups' });
    }
  });

  test('what an options object throws is thrown on, and nothing is accepted', async () => {
    const options = [
      throwing(),
      withGetter({}, 'scopes'),
      withGetter({}, 'groups'),
      withGetter({}, 'clientCertificate'),
      withGetter({}, 'validateCertificateBinding'),
      { scopes: withGetter([], 0) },
      { scopes: throwing() },
      { scopes: [withGetter({}, 'a')] },
    ];
    for (const [i, each] of options.entries()) {
      await assert.rejects(client.validateAccessToken(token, each), { message: 'trap' }, String(i));
    }
    for (const each of [revoked(), { scopes: revoked([]) }, { groups: revoked() }]) {
      await assert.rejects(client.validateAccessToken(token, each), TypeError);
    }
  });

  test('a certificate that is no string is none', async () => {
    const bound = await signer.sign(claims({ cnf: { 'x5t#S256': 'abc' } }));
    for (const [title, clientCertificate] of Object.entries(NOT_STRINGS)) {
      await client.validateAccessToken(token, { clientCertificate });
      const expected = { reason: 'certificate_missing' };
      await assert.rejects(client.validateAccessToken(bound, { clientCertificate }), expected, title);
    }
  });

  test("claims that are no object, or have no JSON form, are the application's mistake", async () => {
    const open = new OpenClient({ tenantDomain: ISSUER, audience: AUDIENCE });
    open.checkClaims(claims());
    for (const [title, make] of Object.entries(NOT_CLAIMS)) {
      const expected = validation('The claims must be an object');
      assert.throws(() => open.checkClaims(make()), expected, title);
      await assert.rejects(open.checkBinding(make(), 'required', 'AAAA'), expected, title);
    }
    assert.throws(
      () => open.checkClaims(claims({ big: 5n })),
      ({ cause }) => cause instanceof TypeError,
    );
    for (const exp of [NaN, Infinity, 5n.toString(), new Date(), {}]) {
      assert.throws(() => open.checkClaims(claims({ exp })), { reason: 'expiration_type' });
    }
    const polluting = JSON.parse(`{"__proto__":${JSON.stringify(claims())}}`);
    assert.throws(() => open.checkClaims(polluting), { reason: 'issuer_mismatch' });
  });

  test("key sets that are none, or have no JSON form, are the application's mistake", async () => {
    const sets = [null, 5, 'x', '{"keys":[]}', [], {}, { keys: null }, { keys: {} }, () => ({ keys: [] }), Symbol('s')];
    const unreadable = [cyclic(), throwing(), revoked(), { keys: [5n] }, { keys: [deep()] }, withGetter({}, 'keys')];
    for (const jwks of [...sets, ...unreadable]) {
      await assert.rejects(client.validateJwtAccessToken(token, { jwks }), validation(KEY_SET), typeof jwks);
    }
  });

  test("resolvers that answer nonsense are not the token's fault", async () => {
    const none = [undefined, null, 5, 'x', '{"keys":[]}', [], () => ({}), Symbol('s')];
    const unreadable = [cyclic(), throwing(), revoked(), { keys: [5n] }, { keys: [deep()] }];
    const answers = [
      ...none.map((value) => [value, MonoCloudValidationError]),
      ...unreadable.map((value) => [value, MonoCloudHttpError]),
    ];
    for (const [value, constructor] of answers) {
      const options = [{ jwksResolver: async () => value }, { jwksResolver: undefined, metadataResolver: () => value }];
      for (const option of options) {
        const resolving = clientWithKeys([], option);
        await assert.rejects(
          resolving.validateAccessToken(token),
          { constructor },
          `${Object.keys(option)} ${typeof value}`,
        );
      }
    }
  });

  test('options that are none are refused at construction', () => {
    const given = [
      null,
      undefined,
      5,
      'x',
      true,
      Symbol('s'),
      () => 1,
      [],
      throwing(),
      revoked(),
      withGetter({}, 'audience'),
    ];
    for (const options of given) assert.throws(() => new MonoCloudBackendNodeClient(options), MonoCloudValidationError);
    const sound = { tenantDomain: ISSUER, audience: AUDIENCE };
    for (const name of ['tenantDomain', 'audience', 'clientId', 'clientSecret', 'cache', 'groupOptions', 'fetcher']) {
      for (const value of [throwing(), revoked(), cyclic(), 5n, Symbol('s')]) {
        if (name === 'groupOptions' && !isTrap(value)) continue;
        const options = { ...sound, [name]: value };
        assert.throws(
          () => new MonoCloudBackendNodeClient(options),
          MonoCloudValidationError,
          `${name} ${typeof value}`,
        );
      }
    }
  });

  after(() => assert.doesNotReject(client.validateAccessToken(token)));
});

function validation(message) {
  return (error) => {
    assert.deepEqual([error?.constructor, error?.message], [MonoCloudValidationError, message]);
    return true;
  };
}

function isTrap(value) {
  try {
    return typeof value === 'object' && Object.keys(value) === undefined;
  } catch {
    return true;
  }
}
