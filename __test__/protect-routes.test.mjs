import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MonoCloudTokenError } from '@monocloud/backend-node';
import { protectApi as protectExpress } from '@monocloud/backend-node/express';
import { protectApi as protectFastify } from '@monocloud/backend-node/fastify';
import express5 from 'express';
import express4 from 'express4';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';
import { clientWithKeys, createSigner } from './support/jws.mjs';

const signer = await createSigner();
const token = await signer.sign();
const client = clientWithKeys([signer.jwk]);

const thrower = (error) => () => {
  throw error;
};

for (const { name, family, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: guarded routes`, { concurrency: true }, () => {
    test('the handler finds the claims in request.claims', async (t) => {
      const payload = { ...claimsOf(token), name: 'Zoë 漢字 😀', nested: { list: [1, 2.5, null] } };
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      assert.deepEqual(assertPassed(await send(url, { token: await signer.sign(payload) })), payload);
    });

    test('each request has claims of its own', async (t) => {
      const handle = (request) => {
        const { seen = 0 } = request.claims;
        request.claims.seen = 1;
        return { seen };
      };
      const url = await listen(t, [{ path: '/', guard: protectApi(client)(), handle }]);
      for (let i = 0; i < 3; i += 1) assert.deepEqual(assertPassed(await send(url, { token })), { seen: 0 });
    });

    test('a route without a guard stays open', async (t) => {
      const url = await listen(t, [
        { path: '/open', handle: ({ claims }) => ({ claims: claims ?? null }) },
        { path: '/guarded', guard: protectApi(client)() },
      ]);
      assert.deepEqual(assertPassed(await send(`${url}/open`, { token: 'a.b.c' })), { claims: null });
      assertAnswer(await send(`${url}/guarded`), ANSWERS.missing);
    });

    test('the handler does not run for a request that may not pass', async (t) => {
      let ran = 0;
      const url = await listen(t, [{ path: '/', guard: protectApi(client)(), handle: () => void (ran += 1) }]);
      assertAnswer(await send(url), ANSWERS.missing);
      assertAnswer(await send(url, { token: 'a.b.c' }), ANSWERS.invalid);
      assert.equal(ran, 0);
    });

    test('the errors of a route stay the errors of the route', async (t) => {
      const guard = protectApi(client)();
      const url = await listen(t, [
        { path: '/error', guard, handle: thrower(new Error('detail')) },
        { path: '/token', guard, handle: thrower(new MonoCloudTokenError('detail')) },
        { path: '/status', guard, handle: thrower(Object.assign(new Error('detail'), { statusCode: 418 })) },
      ]);
      for (const [path, status] of Object.entries({ error: 500, token: 500, status: 418 })) {
        const response = await send(`${url}/${path}`, { token });
        assert.deepEqual(
          [response.status, response.challenge, response.body],
          [status, undefined, '{"route":"detail"}'],
          path,
        );
      }
    });

    test('every method is guarded, HEAD and OPTIONS too', async (t) => {
      const guard = protectApi(client)();
      const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
      const url = await listen(
        t,
        methods.map((method) => ({ path: '/', method, guard })),
      );
      for (const method of methods) {
        assertAnswer(await send(url, { method }), ANSWERS.missing, method);
        assertAnswer(await send(url, { method, token: 'a.b.c' }), ANSWERS.invalid, method);
        assertPassed(await send(url, { method, token }), method);
      }
      const { body: _, ...missing } = ANSWERS.missing;
      assertAnswer(await send(url, { method: 'HEAD' }), { ...missing, body: '' });
      assert.equal((await send(url, { method: 'HEAD', token })).status, 200);
    });

    test('many requests at once', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(clientWithKeys([signer.jwk]))() }]);
      const tokens = Array.from({ length: 60 }, (_, i) => [token, undefined, 'a.b.c'][i % 3]);
      const responses = await Promise.all(tokens.map((each) => send(url, { token: each })));
      const statuses = responses.map(({ status }) => status);
      assert.deepEqual(
        statuses,
        tokens.map((each) => (each === token ? 200 : 401)),
      );
    });

    if (family === 'express') expressTests(name === 'Express 4' ? express4 : express5, listen);
    else fastifyTests(listen);
  });
}

function expressTests(express, listen) {
  test('next is called once, without an argument, or not at all', async () => {
    const guard = protectExpress(client)();
    const calls = [];
    const next = (...args) => calls.push(args);
    const answer = { set: () => answer, status: () => answer, json: () => answer };
    const request = { headers: { authorization: `Bearer ${token}` } };
    assert.equal(await guard(request, answer, next), undefined);
    assert.deepEqual(calls.splice(0), [[]]);
    assert.equal(request.claims.sub, 'test-user');
    await guard({ headers: {} }, answer, next);
    assert.deepEqual(calls, []);
  });

  test('what next throws is not answered by the guard', async () => {
    const unexpected = () => assert.fail('The guard answered');
    const answer = { set: unexpected, status: unexpected, json: unexpected };
    const request = { headers: { authorization: `Bearer ${token}` } };
    const next = thrower(new Error('of the route'));
    await assert.rejects(protectExpress(client)()(request, answer, next), { message: 'of the route' });
  });

  test('a router under a prefix, and one guard for all', async (t) => {
    const protect = protectExpress(client);
    const configure = (app) => {
      const router = express.Router();
      router.use(protect());
      router.get('/items/:id', (request, response) => response.json([request.params.id, request.claims.sub]));
      router.get('/admin', protect({ scopes: ['admin'] }), (_, response) => response.json({}));
      app.use('/api', router);
    };
    const url = await listen(t, [{ path: '/open', handle: () => ({}) }], { configure });
    assert.deepEqual(assertPassed(await send(`${url}/api/items/7`, { token })), ['7', 'test-user']);
    assertAnswer(await send(`${url}/api/items/7`), ANSWERS.missing);
    assertAnswer(await send(`${url}/api/items/7`, { method: 'OPTIONS' }), ANSWERS.missing);
    assertAnswer(await send(`${url}/api/admin`, { token }), ANSWERS.forbidden);
    assertAnswer(await send(`${url}/api/none`), ANSWERS.missing);
    assertPassed(await send(`${url}/open`));
  });

  test('a response that is gone is the trouble of the error handler, not of the process', async (t) => {
    const configure = (app) => app.use((_, response, next) => (response.json({ sent: true }), next()));
    const url = await listen(t, [{ path: '/', guard: protectExpress(client)() }], { configure });
    assert.deepEqual(assertPassed(await send(url)), { sent: true });
    assert.deepEqual(assertPassed(await send(url)), { sent: true });
  });
}

function fastifyTests(listen) {
  test('the hook resolves with nothing, or with the reply it has answered', async () => {
    const hook = protectFastify(client)();
    const reply = { sent: [], header: () => reply, status: () => reply };
    reply.send = (body) => (reply.sent.push(body), reply);
    const request = { headers: { authorization: `Bearer ${token}` } };
    assert.equal(await hook(request, reply), undefined);
    assert.deepEqual([request.claims.sub, reply.sent], ['test-user', []]);
    assert.equal(await hook({ headers: {} }, reply), reply);
    assert.deepEqual(reply.sent, [{ message: 'unauthorized' }]);
  });

  test('plugins: a guard stays within its own, under its prefix', async (t) => {
    const protect = protectFastify(client);
    const configure = async (app) => {
      await app.register(
        async (api) => {
          api.addHook('onRequest', protect());
          api.get('/items/:id', async ({ params, claims }) => [params.id, claims.sub]);
          api.get('/admin', { onRequest: protect({ scopes: ['admin'] }) }, async () => ({}));
          await api.register(async (nested) => nested.get('/', async ({ claims }) => claims.sub), {
            prefix: '/nested',
          });
        },
        { prefix: '/api' },
      );
    };
    const url = await listen(t, [{ path: '/open', handle: () => ({}) }], { configure });
    assert.deepEqual(assertPassed(await send(`${url}/api/items/7`, { token })), ['7', 'test-user']);
    assertAnswer(await send(`${url}/api/items/7`), ANSWERS.missing);
    assertAnswer(await send(`${url}/api/items/7`, { method: 'HEAD' }), { ...ANSWERS.missing, body: '' });
    assertAnswer(await send(`${url}/api/admin`, { token }), ANSWERS.forbidden);
    assertAnswer(await send(`${url}/api/nested`), ANSWERS.missing);
    assertPassed(await send(`${url}/open`));
    assert.equal((await send(`${url}/api/none`)).status, 404);
  });

  test('every hook before the handler can guard', async (t) => {
    const protect = protectFastify(client);
    const configure = (app) => {
      for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler']) {
        // These hooks get more arguments in between; the guard takes the first two.
        const guard = protect();
        const options = { [hook]: hook === 'preParsing' ? async (request, reply) => guard(request, reply) : guard };
        app.get(`/${hook}`, options, async ({ claims }) => ({ sub: claims.sub }));
      }
    };
    const url = await listen(t, [], { configure });
    for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler']) {
      assert.deepEqual(assertPassed(await send(`${url}/${hook}`, { token })), { sub: 'test-user' });
      assertAnswer(await send(`${url}/${hook}`), ANSWERS.missing, hook);
    }
  });
}

function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
}
