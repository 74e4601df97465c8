import assert from 'node:assert/strict';
import { mock, describe, it } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } from '@monocloud/backend-node';
import {
  AUDIENCE,
  ISSUER,
  METADATA,
  recordedTenant,
  signingKey,
  soundClaims,
  soundJwt,
} from './support/recorded-tenant.mjs';
import { assertRefused, thrownBy } from './support/thrown.mjs';

const Client = MonoCloudBackendNodeClient;

/** The ways in which applications replace a method; each makes a client and gives back a list of calls. */
const WAYS = {
  'a subclass': (t, name, replacement, options) => {
    const calls = [];
    class Sub extends Client {
      [name](...args) {
        calls.push(args);
        return replacement.call(this, super[name].bind(this), args);
      }
    }
    return { client: new Sub(options), calls };
  },
  'an assignment': (t, name, replacement, options) => {
    const client = new Client(options);
    const own = client[name].bind(client);
    const calls = [];
    client[name] = (...args) => {
      calls.push(args);
      return replacement.call(client, own, args);
    };
    return { client, calls };
  },
  'a spy on the instance': (t, name, replacement, options) => {
    const client = new Client(options);
    const own = client[name].bind(client);
    const spy = t.mock.method(client, name, (...args) => replacement.call(client, own, args));
    return { client, calls: argumentsOf(spy) };
  },
  'a spy on the prototype': (t, name, replacement, options) => {
    const prototype = ownerOf(name);
    const own = prototype[name];
    const spy = t.mock.method(prototype, name, function (...args) {
      return replacement.call(this, own.bind(this), args);
    });
    return { client: new Client(options), calls: argumentsOf(spy) };
  },
};

const argumentsOf = (spy) => ({ all: () => spy.mock.calls.map(({ arguments: args }) => args) });
const listOf = (calls) => (Array.isArray(calls) ? calls : calls.all());

function ownerOf(name) {
  let owner = Client.prototype;
  while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner;
}

const options = { scopes: ['read'], groups: ['staff'], clientCertificate: 'AAAA' };
const rights = { scope: 'read', groups: ['staff'] };

/** Per method: a call that leads to it, the arguments it must get, and an answer that must be used. */
const METHODS = {
  getMetadata: {
    run: (client) => client.getJwks(true),
    args: () => [],
    replacement: () => ({ jwks_uri: 'https://elsewhere.example/jwks' }),
    effect: (_, tenant) => assert.equal(tenant.requests.at(-1)[0], 'https://elsewhere.example/jwks'),
  },
  getJwks: {
    run: async (client) => client.validateAccessToken(await soundJwt()),
    args: () => [],
    replacement: async () => ({ keys: [(await signingKey()).publicJwk] }),
    effect: (claims, tenant) => assert.deepEqual([claims.sub, tenant.counts()], ['user', '0 0 0']),
  },
  validateJwtAccessToken: {
    run: (client) => client.validateAccessToken('a.b.c', options),
    args: () => ['a.b.c', { ...options, validateCertificateBinding: 'when_present' }],
    replacement: () => ANSWER,
    effect: (claims, tenant) => assert.ok(claims === ANSWER && tenant.counts() === '0 0 0'),
  },
  introspectAccessToken: {
    run: (client) => client.validateAccessToken('opaque', { scopes: ['read'] }),
    args: () => ['opaque'],
    replacement: () => ({ ...soundClaims({ scope: 'read', from: 'override' }) }),
    effect: (claims, tenant) => assert.deepEqual([claims.from, tenant.counts()], ['override', '0 0 0']),
  },
  validateAccessTokenClaims: {
    run: async (client) => client.validateAccessToken(await soundJwt({ iss: 'https://other.example' }), options),
    args: (claims) => [claims, options.scopes, options.groups],
    replacement: () => undefined,
    effect: (claims) => assert.equal(claims.iss, 'https://other.example'),
  },
  validateCertificateBinding: {
    run: async (client) => client.validateAccessToken(await soundJwt({ ...rights, cnf: { 'x5t#S256': 'x' } }), options),
    args: (claims) => [claims, 'when_present', 'AAAA'],
    replacement: () => undefined,
    effect: (claims) => assert.equal(claims.cnf['x5t#S256'], 'x'),
  },
};
const ANSWER = Object.freeze({ from: 'override', date: new Date(0) });

for (const [name, { run, args, replacement, effect }] of Object.entries(METHODS)) {
  describe(name, () => {
    for (const [way, make] of Object.entries(WAYS)) {
      it(`${way} is called, and its answer is used`, async (t) => {
        const tenant = recordedTenant();
        const { client, calls } = make(t, name, replacement, tenant.introspecting);
        const result = await run(client);
        assert.deepEqual(listOf(calls), [args(result)]);
        effect(result, tenant);
        await run(client);
        assert.equal(listOf(calls).length, 2);
      });

      it(`${way} throws what comes out`, async (t) => {
        for (const error of [new RangeError('own'), 'text', undefined]) {
          const throwing = () => {
            throw error;
          };
          const { client } = make(t, name, throwing, recordedTenant().introspecting);
          assert.equal(await thrownBy(() => run(client)), error);
          t.mock.restoreAll();
          const rejecting = name === 'validateAccessTokenClaims' ? throwing : () => Promise.reject(error);
          const second = make(t, name, rejecting, recordedTenant().introspecting);
          assert.equal(await thrownBy(() => run(second.client)), error);
          t.mock.restoreAll();
        }
      });

      it(`${way} that passes through changes nothing`, async (t) => {
        const tenant = recordedTenant({ introspection: { active: true, ...soundClaims(rights) } });
        const { client, calls } = make(t, name, (own, given) => own(...given), tenant.introspecting);
        const claims = soundClaims({ ...rights, name: 'Zoë' });
        const token = await soundJwt(claims);
        const required = { scopes: ['read'], groups: ['staff'] };
        assert.deepEqual(await client.validateAccessToken(token, required), claims);
        assert.deepEqual(await client.validateAccessToken(token, required), claims);
        assert.equal((await client.validateAccessToken('opaque', required)).sub, 'user');
        await assertRefused(() => client.validateAccessToken(token, { scopes: ['x'] }), /scopes/, 'insufficient_scope');
        await assertRefused(() => client.validateAccessToken(`${token}A`), 'JWT signature verification failed');
        await assertRefused(async () => client.validateAccessToken(await soundJwt({ exp: 1 })), /"exp"/);
        await assertRefused(
          () => client.validateAccessToken(token, { validateCertificateBinding: true }),
          'Client certificate is not present',
        );
        assert.equal(tenant.counts(), '1 1 1');
        assert.ok(listOf(calls).length > 0);
      });
    }
  });
}

describe('calls between the methods', () => {
  const spied = (options, methods = Object.keys(METHODS)) => {
    const tenant = recordedTenant(options?.answers);
    const client = new Client({ ...tenant.introspecting, ...options });
    const names = [];
    for (const name of methods) {
      const own = client[name].bind(client);
      mock.method(client, name, (...args) => {
        names.push(name);
        return own(...args);
      });
    }
    return { client, names, tenant };
  };

  it('a JWT: keys, claims, binding', async () => {
    const { client, names } = spied();
    await client.validateAccessToken(await soundJwt());
    const expected = ['validateJwtAccessToken', 'getJwks', 'getMetadata'];
    assert.deepEqual(names, [...expected, 'validateAccessTokenClaims', 'validateCertificateBinding']);
    names.length = 0;
    await client.validateAccessToken(await soundJwt());
    assert.deepEqual(names, [
      'validateJwtAccessToken',
      'getJwks',
      'validateAccessTokenClaims',
      'validateCertificateBinding',
    ]);
  });

  it('introspection: checked before it is cached, and again for the route', async () => {
    const { client, names } = spied({ cache: new Map() });
    await client.validateAccessToken('opaque', { scopes: [] });
    const checks = ['validateAccessTokenClaims', 'validateCertificateBinding'];
    assert.deepEqual(names, ['introspectAccessToken', 'getMetadata', ...checks, ...checks]);
    names.length = 0;
    await client.validateAccessToken('opaque');
    assert.deepEqual(names, checks);
  });

  it('options.jwks: no keys are asked for', async () => {
    const { client, names } = spied();
    await client.validateJwtAccessToken(await soundJwt(), { jwks: { keys: [(await signingKey()).publicJwk] } });
    assert.deepEqual(names.slice(1), ['validateAccessTokenClaims', 'validateCertificateBinding']);
  });

  it('without options the introspected claims meet no requirement of the route', async () => {
    const checks = ['validateAccessTokenClaims', 'validateCertificateBinding'];
    for (const methods of [checks, ['introspectAccessToken', ...checks]]) {
      const { client } = spied({}, methods);
      await client.validateAccessToken('opaque', { scopes: [], groups: [], clientCertificate: 'AAAA' });
      const argumentsOf = (name) => client[name].mock.calls.map(({ arguments: [, ...rest] }) => rest);
      const [first, second] = argumentsOf('validateAccessTokenClaims');
      assert.ok(first.every((argument) => argument === undefined));
      assert.deepEqual(second, [[], []]);
      const [unchecked, checked] = argumentsOf('validateCertificateBinding');
      assert.ok(unchecked.every((argument) => argument === undefined));
      assert.deepEqual(checked, ['when_present', 'AAAA']);
    }
  });

  it('the mode of the call reaches the method', async () => {
    for (const [given, expected] of [
      [true, 'required'],
      ['dangerously_ignore', 'dangerously_ignore'],
      [false, 'when_present'],
    ]) {
      const client = new Client(recordedTenant().options);
      const spy = mock.method(client, 'validateJwtAccessToken', () => ({}));
      await client.validateAccessToken('a.b.c', { validateCertificateBinding: given });
      assert.equal(spy.mock.calls[0].arguments[1].validateCertificateBinding, expected);
    }
  });
});

describe('an overridden introspectAccessToken', () => {
  it('feeds the cache, and its inactive_token is remembered', async () => {
    class Sub extends Client {
      async introspectAccessToken(token) {
        this.asked = (this.asked ?? 0) + 1;
        if (token === 'revoked') return super.introspectAccessToken(token);
        return soundClaims({ from: 'override' });
      }
    }
    const tenant = recordedTenant({ introspection: { active: false } });
    const client = new Sub({ ...tenant.introspecting, cache: new Map() });
    assert.equal((await client.validateAccessToken('opaque')).from, 'override');
    assert.equal((await client.validateAccessToken('opaque')).from, 'override');
    await assertRefused(() => client.validateAccessToken('revoked'), /endpoint returned/, 'inactive_token');
    await assertRefused(() => client.validateAccessToken('revoked'), /cached/, 'inactive_token');
    assert.equal(client.asked, 2);
  });
});

it('the base class may be extended in the same way', async () => {
  class Own extends MonoCloudOidcBackendClient {
    getMetadata() {
      return Promise.resolve({ ...METADATA, introspection_endpoint: 'https://own.example/introspect' });
    }
    validateAccessTokenClaims(claims) {
      claims.seen = true;
    }
  }
  const tenant = recordedTenant();
  const client = new Own(ISSUER, AUDIENCE, tenant.introspecting);
  assert.equal((await client.introspectAccessToken('opaque')).seen, true);
  assert.equal(tenant.requests[0][0], 'https://own.example/introspect');
});
