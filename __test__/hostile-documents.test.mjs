import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  MonoCloudBackendNodeClient,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from '@monocloud/backend-node';
import testing from '../dist/testing/index.js';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { guardedApis } from './support/guarded-api.mjs';

const { createTestTenant } = testing;

const DEEP = '['.repeat(100_000) + ']'.repeat(100_000);

/** Bodies that are no JSON. */
const NOT_JSON = {
  nothing: '',
  HTML: '<!doctype html><title>502</title>',
  text: 'ok',
  'half an object': '{"keys":[',
  'deep arrays': DEEP,
  'a deep member': `{"keys":${DEEP},"active":${DEEP},"jwks_uri":${DEEP}}`,
  'a NUL': '\0',
  'no UTF-8': Buffer.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
  'a lone surrogate': '{"issuer":"\\ud800","active":true,"keys":[]}',
  'a number beyond a double': '{"issuer":1e400,"active":true,"keys":[]}',
};

/** JSON that is no object. */
const NOT_OBJECTS = ['null', '[]', '"x"', '5', 'true', '[{}]'];

const NOT_URLS = [undefined, null, '', 5, true, {}, [], ['http://127.0.0.1']];
const NOT_HTTP = [
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'about:blank',
  '//127.0.0.1',
  'jwks',
  ' ',
];

/** Each transport asks a tenant that answers nonsense. */
const TRANSPORTS = {
  native: () => ({}),
  JavaScript: () => ({ fetcher: (...args) => fetch(...args) }),
};

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  describe(`documents that are none, by the ${transport} transport`, { concurrency: 4 }, () => {
    for (const endpoint of ['discovery', 'jwks', 'introspection']) {
      test(`${endpoint}: what is no JSON is the tenant's fault`, async (t) => {
        const setting = await settle(t, options(), endpoint === 'introspection');
        for (const [title, body] of Object.entries(NOT_JSON)) {
          const error = await setting.trouble({ endpoint, body }, ANSWERS.internal, title);
          assert.equal(error.constructor, MonoCloudHttpError, title);
          assert.match(error.message, /^Failed to parse response body as JSON : ./, title);
          assert.equal(error.status, 200, title);
        }
        await setting.recovered();
      });

      test(`${endpoint}: JSON that is no object is the tenant's fault`, async (t) => {
        const setting = await settle(t, options(), endpoint === 'introspection');
        for (const body of NOT_OBJECTS) {
          const error = await setting.trouble({ endpoint, body }, ANSWERS.internal, body);
          assert.deepEqual([error.constructor, error.status], [MonoCloudHttpError, 200], body);
        }
        await setting.recovered();
      });
    }

    test("a JWKS whose keys are no list is the tenant's fault", async (t) => {
      const setting = await settle(t, options());
      for (const keys of [undefined, null, {}, 'x', 5, true, { 0: {} }]) {
        const message = JSON.stringify(keys);
        const error = await setting.trouble({ endpoint: 'jwks', body: { keys } }, ANSWERS.internal, message);
        assert.equal(error.message, 'Error while fetching JWKS. The response is not a JSON Web Key Set');
      }
      await setting.recovered();
    });

    test('a JWKS without a usable key refuses the token', async (t) => {
      for (const keys of [[], [null], [5], ['x'], [[]], [{}], [null, 5, 'x', [], {}], [[{}]]]) {
        const setting = await settle(t, options());
        const error = await setting.trouble(
          { endpoint: 'jwks', body: { keys } },
          ANSWERS.invalid,
          JSON.stringify(keys),
        );
        assert.deepEqual([error.constructor, error.reason], [MonoCloudTokenError, 'key_not_found']);
        await setting.recovered();
      }
    });

    test('an address that is missing is named', async (t) => {
      for (const [member, opaque] of Object.entries({ jwks_uri: false, introspection_endpoint: true })) {
        const setting = await settle(t, options(), opaque);
        for (const address of NOT_URLS) {
          const body = { issuer: setting.tenant.issuer, [member]: address };
          const error = await setting.trouble(
            { endpoint: 'discovery', body },
            ANSWERS.internal,
            JSON.stringify(address),
          );
          assert.equal(error.constructor, MonoCloudValidationError);
          assert.equal(error.message, `${member} endpoint is required but not available in the issuer metadata`);
        }
        await setting.recovered();
      }
    });

    test('an address that is not on the web is never opened', async (t) => {
      for (const [member, opaque] of Object.entries({ jwks_uri: false, introspection_endpoint: true })) {
        const setting = await settle(t, options(), opaque);
        for (const address of NOT_HTTP) {
          const body = { issuer: setting.tenant.issuer, [member]: address };
          const error = await setting.failure({ endpoint: 'discovery', body });
          assert.equal(error.constructor, MonoCloudValidationError, address);
          assert.equal(error.reason, 'endpoint_missing', address);
          assert.ok(!/root:/.test(JSON.stringify(error)), address);
          await setting.answers([ANSWERS.internal], address);
        }
        await setting.recovered();
      }
    });

    test('active is true or the token is not', async (t) => {
      const setting = await settle(t, options(), true);
      for (const active of [false, undefined, null, 'true', 'false', 1, 0, '', [], [true], {}, 'active']) {
        const body = { iss: setting.tenant.issuer, aud: setting.tenant.audience, active };
        const error = await setting.trouble(
          { endpoint: 'introspection', body },
          ANSWERS.invalid,
          JSON.stringify(active),
        );
        assert.deepEqual([error.constructor, error.code], [MonoCloudTokenError, 'inactive_token']);
      }
      const body = `{"active":true,"iss":"${setting.tenant.issuer}","aud":"${setting.tenant.audience}","active":false}`;
      await setting.trouble({ endpoint: 'introspection', body }, ANSWERS.invalid, 'the last of two');
      const polluting = `{"__proto__":{"active":true},"iss":"${setting.tenant.issuer}","aud":"${setting.tenant.audience}"}`;
      await setting.trouble({ endpoint: 'introspection', body: polluting }, ANSWERS.invalid, '__proto__');
      await setting.recovered();
    });

    test('a refusal of this client is its own trouble, whatever the body', async (t) => {
      const setting = await settle(t, options(), true);
      for (const body of [...Object.values(NOT_JSON), ...NOT_OBJECTS, '{}', '{"error":null}']) {
        for (const [status, fallback] of Object.entries({ 400: 'introspection_failed', 401: 'invalid_client' })) {
          const fault = { endpoint: 'introspection', status: Number(status), body };
          const { constructor, error, errorDescription } = await setting.trouble(fault, ANSWERS.internal, status);
          const description = 'Token introspection failed';
          assert.deepEqual([constructor, error, errorDescription], [MonoCloudOPError, fallback, description]);
        }
      }
      for (const error of ['', 5, true, [], { a: 1 }]) {
        const fault = { endpoint: 'introspection', status: 400, body: { error, error_description: error } };
        const found = await setting.trouble(fault, ANSWERS.internal, JSON.stringify(error));
        assert.deepEqual([found.error, found.errorDescription], [error, error]);
      }
      await setting.recovered();
    });
  });
}

/** A tenant, a client that asks it every time, and the APIs of that client. */
async function settle(t, options, opaque = false) {
  const tenant = await createTestTenant();
  t.after(() => tenant.close());
  const fresh = { metadataCacheDuration: 0, jwksCacheDuration: 0, jwksStaleDuration: 0 };
  const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, ...fresh, ...options });
  const urls = await guardedApis(t, client);
  const token = await tenant.issue({ opaque });

  let troubled = false;
  // A document fetched by the application ends the pause that a failed fetch has led to.
  const endPause = () => {
    tenant.recover();
    return client.getJwks(true);
  };
  const failure = async (fault) => {
    if (troubled) await endPause();
    troubled = true;
    tenant.fail(fault);
    return client.validateAccessToken(token).then(
      () => assert.fail('The token was accepted'),
      (error) => error,
    );
  };
  const answers = async (expected, message) => {
    // The frameworks take turns.
    urls.push(urls.shift());
    const response = await send(urls[0], { token });
    assertAnswer(response, expected.find(({ status }) => status === response.status) ?? expected[0], message);
  };
  const trouble = async (fault, expected, message) => {
    const error = await failure(fault);
    await answers([expected], message);
    return error;
  };
  const recovered = async () => {
    await endPause();
    await client.validateAccessToken(token);
    for (const url of urls) assertPassed(await send(url, { token }));
  };
  return { tenant, failure, answers, trouble, recovered };
}
