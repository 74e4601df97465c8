import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import * as sdk from '@monocloud/backend-node';
import { ISSUER, jsonResponse, recordedTenant, soundJwt } from './support/recorded-tenant.mjs';
import { assertThrows, thrownBy } from './support/thrown.mjs';

const { MonoCloudBackendNodeClient, MonoCloudOidcBackendClient } = sdk;
const { MonoCloudAuthBaseError, MonoCloudHttpError, MonoCloudOPError, MonoCloudTokenError } = sdk;
const CLASSES = ['MonoCloudAuthBaseError', 'MonoCloudHttpError', 'MonoCloudOPError', 'MonoCloudTokenError'];
const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const raw = { status: 418, statusText: "I'm a teapot", headers: { a: 'b' }, body: 'short and stout' };

const clientOf = (answers) => new MonoCloudBackendNodeClient(recordedTenant(answers).introspecting);
const fails = (work, message) => assertThrows(work, 'MonoCloudHttpError', message);
const discovering = (answer) => () => clientOf({ discovery: answer }).getMetadata();

describe('the error classes', () => {
  it('are the same for import and require', () => {
    const required = createRequire(import.meta.url)('@monocloud/backend-node');
    for (const name of [...CLASSES, 'MonoCloudValidationError']) assert.equal(required[name], sdk[name]);
  });

  it('keep the name of Error and an own, enumerable raw', () => {
    for (const name of [...CLASSES, 'MonoCloudValidationError']) {
      const error = new sdk[name]('text');
      assert.ok(error instanceof MonoCloudAuthBaseError && error instanceof Error);
      assert.equal(error.name, 'Error', name);
      assert.equal(error.message, 'text');
      assert.ok(Object.keys(error).includes('raw'), name);
      assert.equal(error.raw, undefined);
      assert.ok(!('cause' in error));
    }
  });

  it('take the arguments of the published ones', () => {
    assert.equal(new MonoCloudAuthBaseError('text', raw).raw, raw);
    assert.equal(new MonoCloudTokenError('text').code, 'invalid_token');
    assert.equal(new MonoCloudTokenError('text', undefined, raw).code, 'invalid_token');
    const refused = new MonoCloudTokenError('text', 'insufficient_scope', raw);
    assert.deepEqual([refused.message, refused.code, refused.raw], ['text', 'insufficient_scope', raw]);
    const failed = new MonoCloudHttpError('text', raw);
    assert.deepEqual([failed.status, failed.statusText], [418, "I'm a teapot"]);
    assert.deepEqual(Object.keys(failed), ['raw']);
    assert.deepEqual(
      [new MonoCloudHttpError('text').status, new MonoCloudHttpError('text').statusText],
      [undefined, undefined],
    );
    const op = new MonoCloudOPError('invalid_client', 'why', raw);
    assert.deepEqual(
      [op.message, op.error, op.errorDescription, op.raw],
      ['invalid_client', 'invalid_client', 'why', raw],
    );
    assert.equal(new MonoCloudOPError('invalid_client').errorDescription, undefined);
  });

  it('of the core are instances with an own raw too', async () => {
    const client = clientOf();
    const error = await assertThrows(() => client.validateAccessToken(''), 'MonoCloudValidationError', /non-empty/);
    assert.equal(error.name, 'Error');
    assert.ok(Object.keys(error).includes('raw'));
    assert.match(error.stack, /^Error: Access token must be a valid non-empty string\n/);
  });
});

describe('a status other than 200', () => {
  for (const status of [201, 204, 304, 400, 404, 429, 500]) {
    const answer = () => new Response(status < 300 || status === 304 ? null : 'why', { status });
    it(`${status} from discovery`, async () => {
      const message = `Error while fetching metadata. Unexpected status code: ${status}`;
      const error = await fails(discovering(answer), message);
      assert.equal(error.status, status);
    });
    it(`${status} from the JWKS endpoint`, async () => {
      const message = `Error while fetching JWKS. Unexpected status code: ${status}`;
      const error = await fails(async () => clientOf({ jwks: answer }).validateAccessToken(await soundJwt()), message);
      assert.equal(error.status, status);
    });
  }

  for (const status of [201, 204, 302, 403, 404, 429, 500, 503]) {
    it(`${status} from introspection`, async () => {
      const answer = () => new Response(status === 204 ? null : 'why', { status });
      const message = `Error while performing token introspection. Unexpected status code: ${status}`;
      const error = await fails(() => clientOf({ introspection: answer }).validateAccessToken('opaque'), message);
      assert.equal(error.status, status);
    });
  }

  it('carries the response', async () => {
    const headers = [
      ['X-One', '1'],
      ['Set-Cookie', 'a=b'],
      ['content-type', 'text/plain'],
    ];
    const answer = () => new Response('why', { status: 500, statusText: 'Broken', headers });
    const error = await fails(discovering(answer), /500$/);
    assert.deepEqual(error.raw, {
      status: 500,
      statusText: 'Broken',
      headers: { 'x-one': '1', 'content-type': 'text/plain' },
      body: 'why',
    });
    assert.equal(error.statusText, 'Broken');
  });

  it('carries an empty body when that cannot be read', async () => {
    const answer = () =>
      new Response(new ReadableStream({ start: (body) => body.error(new Error('gone')) }), { status: 500 });
    const error = await fails(discovering(answer), /500$/);
    assert.equal(error.raw.body, '');
  });
});

describe('a body that is no JSON document', () => {
  it('is told in the words of JSON.parse', async () => {
    for (const body of ['', '<html>', '{"a":']) {
      const words = await thrownBy(() => JSON.parse(body));
      const error = await fails(
        discovering(() => new Response(body)),
        `Failed to parse response body as JSON : ${words.message}`,
      );
      assert.equal(error.status, 200);
      assert.equal(error.raw.body, body);
      assert.ok(error.cause instanceof SyntaxError);
    }
  });

  it('is never blamed on the token', async () => {
    for (const value of [null, [], 'text', 5]) {
      const answer = () => jsonResponse(value);
      const token = await soundJwt();
      for (const work of [
        () => clientOf({ discovery: answer }).validateAccessToken(token),
        () => clientOf({ jwks: answer }).validateAccessToken(token),
        () => clientOf({ introspection: answer }).validateAccessToken('opaque'),
      ]) {
        assert.equal((await fails(work, /^Error while .*\. The response is not a JSON/)).status, 200);
      }
    }
  });

  it('may be too large', async () => {
    const answer = () => new Response(' '.repeat(1024 * 1024 + 1));
    assert.equal((await fails(discovering(answer), 'Response body exceeds the maximum size of 1 MiB')).status, 200);
  });
});

describe('a fetcher that throws', () => {
  const throwing = (value) => () => {
    throw value;
  };

  it('gives its message and is the cause', async () => {
    const cause = new TypeError('fetch failed');
    const error = await fails(discovering(throwing(cause)), 'fetch failed');
    assert.equal(error.cause, cause);
    assert.deepEqual([error.status, error.raw], [undefined, undefined]);
  });

  it('need not throw an error', async () => {
    await fails(discovering(throwing('text')), 'Unexpected Network Error');
    await fails(discovering(throwing({ message: null })), 'Unexpected Network Error');
    await fails(discovering(throwing({ message: '' })), '');
    await fails(discovering(throwing(null)), 'Unexpected Network Error');
  });

  it('may lose the body', async () => {
    const answer = () => new Response(new ReadableStream({ start: (body) => body.error(new Error('terminated')) }));
    const error = await fails(discovering(answer), 'terminated');
    assert.equal(error.status, undefined);
  });
});

describe('a timeout', () => {
  const never =
    (onSignal) =>
    (_url, { signal }) => {
      onSignal?.(signal);
      return new Promise(() => {});
    };

  it('names the URL and the milliseconds and aborts the request', async () => {
    let signal;
    const client = new MonoCloudOidcBackendClient(ISSUER, 'x', {
      fetcher: never((given) => (signal = given)),
      responseTimeout: 20,
    });
    const error = await fails(() => client.getMetadata(), `Request to ${DISCOVERY} timed out after 20ms`);
    assert.equal(error.status, undefined);
    assert.ok(signal.aborted);
  });

  it('covers the body', async () => {
    const fetcher = async () => new Response(new ReadableStream({}));
    const client = new MonoCloudOidcBackendClient(ISSUER, 'x', { fetcher, responseTimeout: 20 });
    await fails(() => client.getMetadata(), `Request to ${DISCOVERY} timed out after 20ms`);
  });

  it('is not there without one', async () => {
    for (const responseTimeout of [undefined, 0, -1]) {
      const { fetcher, requests } = recordedTenant();
      await new MonoCloudOidcBackendClient(ISSUER, 'x', { fetcher, responseTimeout }).getMetadata();
      assert.deepEqual(requests, [[DISCOVERY, {}]]);
    }
    const { options, requests } = recordedTenant();
    await new MonoCloudBackendNodeClient(options).getMetadata();
    assert.deepEqual(Object.keys(requests[0][1]), ['signal']);
    assert.ok(requests[0][1].signal instanceof AbortSignal && !requests[0][1].signal.aborted);
  });
});

describe('a refused introspection', () => {
  const fallback = 'Token introspection failed';
  const rows = [
    [401, {}, 'invalid_client', fallback],
    [400, {}, 'introspection_failed', fallback],
    [401, { error: 'invalid_request', error_description: 'why' }, 'invalid_request', 'why'],
    [400, { error: 'invalid_request', error_description: null }, 'invalid_request', fallback],
    [400, { error: '', error_description: '' }, '', ''],
    [400, { error: 5, error_description: ['x'] }, 5, ['x']],
    [401, null, 'invalid_client', fallback],
    [401, ['x'], 'invalid_client', fallback],
    [400, '<html>', 'introspection_failed', fallback],
  ];
  for (const [status, body, error, description] of rows) {
    it(`${status} ${JSON.stringify(body)}`, async () => {
      const text = body === '<html>' ? body : JSON.stringify(body);
      const client = clientOf({ introspection: () => new Response(text, { status }) });
      const thrown = await assertThrows(() => client.validateAccessToken('opaque'), 'MonoCloudOPError', String(error));
      assert.deepEqual([thrown.error, thrown.errorDescription], [error, description]);
      assert.deepEqual([thrown.raw.status, thrown.raw.body], [status, text]);
    });
  }
});
