import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudHttpError } from '@monocloud/backend-node';

const { createTestTenant } = createRequire(import.meta.url)('../dist/testing/index.js');

const ISSUER = 'https://tenant.example.com';
const METADATA = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, name: 'Ünïcode 🎩' };
const TEXT = JSON.stringify(METADATA);
const MEBIBYTE = 1024 * 1024;
const TOO_LARGE = 'Response body exceeds the maximum size of 1 MiB';

function clientOf(respond) {
  return new MonoCloudBackendNodeClient({
    tenantDomain: ISSUER,
    audience: 'urn:api',
    fetcher: async () => respond(),
  });
}

/** A JSON document of exactly that many bytes. */
function documentOf(bytes) {
  const frame = JSON.stringify({ issuer: ISSUER, padding: '' });
  return JSON.stringify({ issuer: ISSUER, padding: 'x'.repeat(bytes - frame.length) });
}

function streamOf(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
      }
      controller.close();
    },
  });
}

/** Every byte in a chunk of its own, so that characters are cut. */
function drops(text) {
  return [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
}

describe('whatever a fetcher answers', () => {
  const answers = {
    'a Response': () => Response.json(METADATA),
    'a Response without a content type': () => new Response(TEXT),
    'a Response with a stream': () => new Response(streamOf(...drops(TEXT))),
    'a byte order mark': () => new Response(`\ufeff${TEXT}`),
    'status and json': () => ({ status: 200, json: async () => METADATA }),
    'status and text': () => ({ status: 200, text: async () => TEXT }),
    'status and synchronous json': () => ({ status: 200, json: () => METADATA }),
    'json and text, where text is read': () => ({ status: 200, text: async () => TEXT, json: () => assert.fail() }),
    'headers as a plain object': () => ({ status: 200, headers: { 'Content-Type': 'x' }, text: async () => TEXT }),
    'headers as a Map': () => ({ status: 200, headers: new Map([['a', 'b']]), text: async () => TEXT }),
    'headers null': () => ({ status: 200, headers: null, body: null, text: async () => TEXT }),
    'a body that is no stream': () => ({ status: 200, body: TEXT, text: async () => TEXT }),
    'a body stream and nothing else': () => ({ status: 200, body: streamOf(TEXT) }),
  };
  for (const [name, respond] of Object.entries(answers)) {
    test(name, async () => {
      assert.deepEqual(await clientOf(respond).getMetadata(), METADATA);
    });
  }
});

test('an answer whose body has been read already is a network failure, not an empty document', async () => {
  const respond = async () => {
    const response = Response.json(METADATA);
    await response.text();
    return response;
  };
  await assert.rejects(clientOf(respond).getMetadata(), (error) => {
    assert.ok(error instanceof MonoCloudHttpError);
    return error.status === undefined && error.cause instanceof TypeError;
  });
});

describe('raw', () => {
  async function rawOf(respond) {
    const error = await clientOf(respond)
      .getMetadata()
      .catch((thrown) => thrown);
    assert.ok(error instanceof MonoCloudHttpError, String(error));
    return error.raw;
  }

  test('holds status, status text, lower-case headers without set-cookie, and the body', async () => {
    const headers = new Headers([
      ['X-Request-Id', '7'],
      ['Set-Cookie', 'a=b'],
      ['Set-Cookie', 'c=d'],
      ['Vary', 'a'],
      ['Vary', 'b'],
      ['Content-Type', 'text/plain'],
    ]);
    const raw = await rawOf(() => new Response('Ünïcode 🎩', { status: 404, statusText: 'Gone Fishing', headers }));
    assert.deepEqual(raw, {
      status: 404,
      statusText: 'Gone Fishing',
      headers: { 'x-request-id': '7', vary: 'a, b', 'content-type': 'text/plain' },
      body: 'Ünïcode 🎩',
    });
  });

  test('of a double with plain headers', async () => {
    const headers = { 'X-Request-Id': 7, 'Set-Cookie': 'a=b' };
    const raw = await rawOf(() => ({ status: 503, statusText: 'Busy', headers, text: async () => 'later' }));
    assert.deepEqual(raw, { status: 503, statusText: 'Busy', headers: { 'x-request-id': '7' }, body: 'later' });
  });

  test('of a double with nothing but a status', async () => {
    assert.deepEqual(await rawOf(() => ({ status: 503 })), { status: 503, statusText: '', headers: {}, body: '' });
  });

  test('has an empty body when the body of a refusal breaks off', async () => {
    const text = () => Promise.reject(new Error('broken off'));
    const raw = await rawOf(() => ({ status: 500, text }));
    assert.deepEqual(raw, { status: 500, statusText: '', headers: {}, body: '' });
  });

  test('is the same over the native transport', async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const headers = { 'x-request-id': '7', 'set-cookie': 'a=b', vary: 'a, b', 'content-type': 'text/plain' };
    tenant.fail({ endpoint: 'discovery', status: 404, body: 'Ünïcode 🎩', headers });
    const errors = [];
    for (const fetcher of [undefined, (url, init) => fetch(url, init)]) {
      const client = new MonoCloudBackendNodeClient({ ...tenant.clientOptions, ...(fetcher && { fetcher }) });
      errors.push(await client.getMetadata().catch((error) => error));
    }
    const raws = errors.map(({ raw }) => ({ ...raw, headers: { ...raw.headers, date: undefined } }));
    assert.deepEqual(raws[0], raws[1]);
    assert.deepEqual(Object.keys(errors[0].raw), ['status', 'statusText', 'headers', 'body']);
    assert.equal(raws[0].statusText, 'Not Found');
    assert.equal(raws[0].body, 'Ünïcode 🎩');
    assert.equal(raws[0].headers['x-request-id'], '7');
    assert.ok(!('set-cookie' in raws[0].headers));
  });
});

describe('a body of 1 MiB is read, one byte more is refused', () => {
  const ways = {
    'a Response': (text) => new Response(text),
    'a stream of many chunks': (text) => new Response(streamOf(...text.match(/.{1,65536}/g))),
    'text alone': (text) => ({ status: 200, text: async () => text }),
    'json alone': (text) => ({ status: 200, json: async () => JSON.parse(text) }),
  };
  for (const [name, respond] of Object.entries(ways)) {
    test(name, async () => {
      const document = await clientOf(() => respond(documentOf(MEBIBYTE))).getMetadata();
      assert.equal(JSON.stringify(document).length, MEBIBYTE);
      await assert.rejects(clientOf(() => respond(documentOf(MEBIBYTE + 1))).getMetadata(), (error) => {
        assert.ok(error instanceof MonoCloudHttpError);
        assert.equal(error.status, 200);
        assert.equal(error.raw.body, '');
        return error.message === TOO_LARGE;
      });
    });
  }

  test('the native transport', async (t) => {
    const tenant = await createTestTenant();
    t.after(() => tenant.close());
    const client = new MonoCloudBackendNodeClient(tenant.clientOptions);
    tenant.fail({ endpoint: 'discovery', body: documentOf(MEBIBYTE), times: 1 });
    assert.equal(JSON.stringify(await client.getMetadata(true)).length, MEBIBYTE);
    tenant.fail({ endpoint: 'discovery', body: documentOf(MEBIBYTE + 1), times: 1 });
    await assert.rejects(client.getMetadata(true), { message: TOO_LARGE, status: 200 });
  });
});

test('a stream over the limit is not read to its end', async () => {
  let cancelled = false;
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(64 * 1024));
    },
    cancel() {
      cancelled = true;
    },
  });
  await assert.rejects(clientOf(() => new Response(body)).getMetadata(), { message: TOO_LARGE });
  assert.ok(cancelled);
  assert.ok(pulled < 30, `${pulled} chunks`);
});
