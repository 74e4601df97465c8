import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { MonoCloudHttpError, MonoCloudOPError } from '@monocloud/backend-node';
import { answerOf, ImpatientClient, TRANSPORTS } from './support/transports.mjs';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const UNAVAILABLE = [503, undefined, 'service unavailable'];
const INTERNAL = [500, undefined, 'internal server error'];
const INACTIVE = [401, 'Bearer error="invalid_token"', 'unauthorized'];
const ACTIVITY = {
  discovery: 'Error while fetching metadata.',
  jwks: 'Error while fetching JWKS.',
  introspection: 'Error while performing token introspection.',
};
const PATH = { discovery: '/.well-known/openid-configuration', jwks: '/jwks', introspection: '/introspect' };
const SHAPE = { discovery: 'a JSON object', jwks: 'a JSON Web Key Set', introspection: 'a JSON object' };

/** A JWT that is fit to be checked, if only there were keys. */
const UNCHECKED = 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA';

/** V8's own words for a text that is not JSON. */
function parseMessage(text) {
  try {
    JSON.parse(text);
  } catch (error) {
    return error.message;
  }
  return assert.fail(`${text} is JSON`);
}

function unexpectedStatus(status, answer, fault = {}) {
  return {
    fault: { status, body: `status ${status}`, ...fault },
    message: (endpoint) => `${ACTIVITY[endpoint]} Unexpected status code: ${status}`,
    status,
    body: `status ${status}`,
    answer,
  };
}

function notJson(body, headers = {}) {
  return {
    fault: { status: 200, body, headers },
    message: () => `Failed to parse response body as JSON : ${parseMessage(body)}`,
    status: 200,
    body,
    cause: (cause) => cause instanceof SyntaxError,
    answer: INTERNAL,
  };
}

function wrongDocument(value) {
  const body = JSON.stringify(value);
  return {
    fault: { body },
    message: (endpoint) => `${ACTIVITY[endpoint]} The response is not ${SHAPE[endpoint]}`,
    status: 200,
    body,
    answer: INTERNAL,
  };
}

function timedOut(fault) {
  return {
    fault,
    responseTimeout: 150,
    message: (endpoint, issuer) => `Request to ${issuer}${PATH[endpoint]} timed out after 150ms`,
    answer: UNAVAILABLE,
  };
}

/** The endpoint's fault, and what becomes of it: message, status and body of `raw`, `cause`, and the HTTP answer. */
const FAILURES = {
  'no headers in time': timedOut({ delay: 3_600_000 }),
  'no complete body in time': timedOut({ stall: true }),
  'a connection that ends without an answer': {
    fault: { disconnect: true },
    message: () => 'fetch failed',
    cause: (cause) => cause instanceof Error,
    answer: UNAVAILABLE,
  },
  'a body that breaks off': {
    fault: { truncate: true },
    message: (endpoint, issuer, transport) => (transport === 'native' ? 'fetch failed' : 'terminated'),
    cause: (cause) => cause instanceof Error,
    answer: UNAVAILABLE,
  },
  'status 201': unexpectedStatus(201, INTERNAL),
  'status 304': { ...unexpectedStatus(304, INTERNAL), body: '' },
  'status 403': unexpectedStatus(403, INTERNAL),
  'status 404': unexpectedStatus(404, INTERNAL),
  'status 429': unexpectedStatus(429, UNAVAILABLE, { headers: { 'retry-after': '1' } }),
  'status 500': unexpectedStatus(500, UNAVAILABLE),
  'status 503 with a body that breaks off': {
    ...unexpectedStatus(503, UNAVAILABLE, { truncate: 3 }),
    body: '',
    cause: () => true,
  },
  'status 302 without a location': unexpectedStatus(302, INTERNAL),
  'an HTML page': notJson('<!doctype html><title>Login</title>', { 'content-type': 'text/html' }),
  'truncated JSON': notJson('{"issuer": "https'),
  'an empty body': notJson(''),
  'the document null': wrongDocument(null),
  'an array': wrongDocument([]),
  'a string': wrongDocument('active'),
  'a number': wrongDocument(1),
};

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  for (const endpoint of ['discovery', 'jwks', 'introspection']) {
    describe(`${endpoint}, ${transport} transport`, { concurrency: 8 }, () => {
      for (const [name, row] of Object.entries(FAILURES)) {
        test(name, async (t) => {
          const tenant = await createTestTenant();
          t.after(() => tenant.close());
          const metadata = { ...(await (await fetch(`${tenant.issuer}${PATH.discovery}`)).json()) };
          const client = new ImpatientClient({
            ...tenant.clientOptions,
            ...options,
            responseTimeout: row.responseTimeout,
            ...(endpoint !== 'discovery' && { metadataResolver: async () => metadata }),
          });
          const token = await tenant.issue({ opaque: endpoint === 'introspection' });
          tenant.fail({ endpoint, ...row.fault });
          const error = await client.validateAccessToken(token).catch((thrown) => thrown);
          assert.ok(error instanceof MonoCloudHttpError, String(error));
          assert.equal(error.message, row.message(endpoint, tenant.issuer, transport));
          assert.equal(error.status, row.status);
          assert.equal(error.raw?.body, row.body);
          assert.ok(Object.keys(error).includes('raw'));
          assert.ok((row.cause ?? ((cause) => cause === undefined))(error.cause), `cause ${error.cause}`);
          assert.deepEqual(await answerOf(client, token), row.answer);
        });
      }
    });
  }
}

describe('what only introspection answers', () => {
  const op = (status, body, error, errorDescription) => ({ status, body, error, errorDescription });
  const refusals = [
    op(401, { error: 'invalid_client', error_description: 'Unknown' }, 'invalid_client', 'Unknown'),
    op(400, { error: 'invalid_request' }, 'invalid_request', 'Token introspection failed'),
    op(400, {}, 'introspection_failed', 'Token introspection failed'),
    op(401, {}, 'invalid_client', 'Token introspection failed'),
    op(401, '<html>', 'invalid_client', 'Token introspection failed'),
    op(400, '[]', 'introspection_failed', 'Token introspection failed'),
    op(400, '', 'introspection_failed', 'Token introspection failed'),
    op(400, { error: null, error_description: null }, 'introspection_failed', 'Token introspection failed'),
    op(400, { error: '', error_description: '' }, '', ''),
  ];
  for (const [transport, options] of Object.entries(TRANSPORTS)) {
    for (const { status, body, error: code, errorDescription } of refusals) {
      test(`${status} ${JSON.stringify(body)}, ${transport} transport`, async (t) => {
        const tenant = await createTestTenant();
        t.after(() => tenant.close());
        const client = new ImpatientClient({ ...tenant.clientOptions, ...options });
        tenant.fail({ endpoint: 'introspection', status, body });
        const error = await client.validateAccessToken('opaque').catch((thrown) => thrown);
        assert.ok(error instanceof MonoCloudOPError, String(error));
        assert.deepEqual([error.message, error.error, error.errorDescription], [code, code, errorDescription]);
        assert.equal(error.raw.status, status);
        assert.equal(error.raw.body, typeof body === 'string' ? body : JSON.stringify(body));
        assert.deepEqual(await answerOf(client, 'opaque'), INTERNAL);
      });
    }

    for (const active of [false, null, 'true', 'false', 1, undefined]) {
      test(`active: ${JSON.stringify(active)}, ${transport} transport`, async (t) => {
        const tenant = await createTestTenant();
        t.after(() => tenant.close());
        const client = new ImpatientClient({ ...tenant.clientOptions, ...options });
        tenant.fail({ endpoint: 'introspection', body: { active, iss: tenant.issuer, aud: tenant.audience } });
        await assert.rejects(client.validateAccessToken('opaque'), {
          code: 'inactive_token',
          message: 'Token is not active. The introspection endpoint returned active=false',
        });
        assert.deepEqual(await answerOf(client, 'opaque'), INACTIVE);
      });
    }
  }
});

test('a port that nobody listens on', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  await new Promise((resolve) => server.close(resolve));
  for (const options of Object.values(TRANSPORTS)) {
    const client = new ImpatientClient({ tenantDomain: issuer, audience: 'urn:api', ...options });
    await assert.rejects(client.getMetadata(), (error) => {
      assert.ok(error instanceof MonoCloudHttpError);
      assert.deepEqual([error.message, error.status, error.raw], ['fetch failed', undefined, undefined]);
      return (error.cause.code ?? error.cause.cause.code) === 'ECONNREFUSED';
    });
    assert.deepEqual(await answerOf(client, UNCHECKED), UNAVAILABLE);
  }
});

describe('what a fetcher throws', () => {
  const original = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' });
  const reject = (value) => () => Promise.reject(value);
  const rows = [
    [
      'an Error',
      () => {
        throw original;
      },
      'no route',
      original,
    ],
    ['a rejection', reject(original), 'no route', original],
    ['an object with a message', reject({ message: 'odd' }), 'odd', { message: 'odd' }],
    ['an empty message', reject(new Error('')), '', undefined],
    ['a string', reject('boom'), 'Unexpected Network Error', 'boom'],
    ['null', reject(null), 'Unexpected Network Error', undefined],
    ['undefined', reject(undefined), 'Unexpected Network Error', undefined],
    ['an answer that is none', async () => undefined, undefined, undefined],
  ];
  for (const [name, fetcher, message, cause] of rows) {
    test(name, async () => {
      const client = new ImpatientClient({ tenantDomain: 'https://tenant.example.com', audience: 'urn:api', fetcher });
      const error = await client.getMetadata().catch((thrown) => thrown);
      assert.ok(error instanceof MonoCloudHttpError, String(error));
      assert.deepEqual([error.status, error.raw], [undefined, undefined]);
      if (message !== undefined) assert.equal(error.message, message);
      if (cause !== undefined) assert.deepEqual(error.cause, cause);
      assert.deepEqual(await answerOf(client, UNCHECKED), UNAVAILABLE);
    });
  }
});

test('the signal fires when the time is up, and the outcome does not wait for the fetcher', async () => {
  let signal;
  const fetcher = (url, init) => {
    ({ signal } = init);
    return new Promise(() => {});
  };
  const options = { tenantDomain: 'https://tenant.example.com', audience: 'urn:api' };
  await assert.rejects(new ImpatientClient({ ...options, fetcher, responseTimeout: 20 }).getMetadata(), {
    message: 'Request to https://tenant.example.com/.well-known/openid-configuration timed out after 20ms',
  });
  assert.ok(signal.aborted);
});
