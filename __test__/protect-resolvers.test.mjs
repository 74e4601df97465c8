import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MonoCloudHttpError, MonoCloudTokenError, MonoCloudValidationError } from '@monocloud/backend-node';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';
import { clientWithKeys, createSigner } from './support/jws.mjs';

const signer = await createSigner();
const header = await signer.sign();
const resolved = await signer.sign();
const client = clientWithKeys([signer.jwk]);

const thrower = (error) => () => {
  throw error;
};

/** What a token resolver answers, and what becomes of a request whose header holds a sound token. */
const TOKEN_RESOLVERS = [
  ['a token', () => resolved, 'passed'],
  ['the promise of a token', async () => resolved, 'passed'],
  ['a token in white space', () => `\t ${resolved} \n`, 'passed'],
  ['another token than the header', () => 'a.b.c', ANSWERS.invalid],
  ['undefined', () => undefined, 'passed'],
  ['null', () => null, 'passed'],
  ['the promise of undefined', async () => undefined, 'passed'],
  ['an empty text', () => '', ANSWERS.missing],
  ['the promise of an empty text', async () => '', ANSWERS.missing],
  ['white space', () => ' \t\n', ANSWERS.missing],
  ['a number', () => 5, ANSWERS.invalid],
  ['an object', () => ({}), ANSWERS.invalid],
];

const FAILURES = [
  [new Error('detail'), ANSWERS.invalid],
  [new TypeError('detail'), ANSWERS.invalid],
  ['detail', ANSWERS.invalid],
  [undefined, ANSWERS.invalid],
  [new MonoCloudTokenError('detail'), ANSWERS.invalid],
  [new MonoCloudTokenError('detail', 'insufficient_scope'), ANSWERS.forbidden],
  [new MonoCloudValidationError('detail'), ANSWERS.internal],
  [new MonoCloudHttpError('detail'), ANSWERS.unavailable],
];

for (const { name, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: resolvers`, { concurrency: true }, () => {
    for (const [title, tokenResolver, expected] of TOKEN_RESOLVERS) {
      test(`the token resolver answers ${title}`, async (t) => {
        const url = await listen(t, [{ path: '/', guard: protectApi(client, { tokenResolver })() }]);
        const response = await send(url, { token: header });
        if (expected === 'passed') assertPassed(response);
        else assertAnswer(response, expected);
      });
    }

    test('the token resolver gets the request of the framework', async (t) => {
      const tokenResolver = ({ headers, query }) => headers['x-token'] ?? query.token;
      const url = await listen(t, [{ path: '/', guard: protectApi(client, { tokenResolver })() }]);
      assertPassed(await send(url, { headers: { 'x-token': resolved } }));
      assertPassed(await send(`${url}/?token=${resolved}`));
      assertAnswer(await send(url), ANSWERS.missing);
    });

    test('a resolver that throws is judged by the class of its error', async (t) => {
      const urls = (resolver) => [
        { tokenResolver: thrower(resolver) },
        { tokenResolver: async () => thrower(resolver)() },
        { certificateResolver: thrower(resolver) },
        { certificateResolver: () => Promise.reject(resolver) },
      ];
      const cases = FAILURES.flatMap(([error, expected]) => urls(error).map((resolvers) => ({ resolvers, expected })));
      const routes = cases.map(({ resolvers }, i) => ({ path: `/${i}`, guard: protectApi(client, resolvers)() }));
      const url = await listen(t, routes);
      for (const [i, { resolvers, expected }] of cases.entries()) {
        assertAnswer(await send(`${url}/${i}`, { token: header }), expected, `${i} ${Object.keys(resolvers)}`);
      }
    });

    test('the certificate resolver comes first, once, and without a token too', async (t) => {
      const calls = [];
      const certificateResolver = async (request) => void calls.push(['certificate', request.url]);
      const tokenResolver = async (request) => void calls.push(['token', request.url]);
      const url = await listen(t, [{ path: '/', guard: protectApi(client, { certificateResolver, tokenResolver })() }]);
      assertAnswer(await send(url), ANSWERS.missing);
      assert.deepEqual(calls.splice(0), [
        ['certificate', '/'],
        ['token', '/'],
      ]);
      assertPassed(await send(url, { token: header }));
      assert.equal(calls.length, 2);
    });

    test('the token is not looked for when the certificate resolver throws', async (t) => {
      let asked = 0;
      const tokenResolver = () => void (asked += 1);
      const guard = protectApi(client, { certificateResolver: thrower(new Error('detail')), tokenResolver })();
      assertAnswer(await send(await listen(t, [{ path: '/', guard }])), ANSWERS.invalid);
      assert.equal(asked, 0);
    });

    test('no certificate is no trouble for a token that is not bound', async (t) => {
      for (const certificate of ['', undefined, null]) {
        const guard = protectApi(client, { certificateResolver: () => certificate })();
        assertPassed(await send(await listen(t, [{ path: '/', guard }]), { token: header }), String(certificate));
      }
    });
  });
}
