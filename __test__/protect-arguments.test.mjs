import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { MonoCloudBackendNodeClient, MonoCloudValidationError } from '@monocloud/backend-node';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';
import { AUDIENCE, ISSUER, clientWithKeys, createSigner } from './support/jws.mjs';

const signer = await createSigner();
const token = await signer.sign();
const jwksResolver = async () => ({ keys: [signer.jwk] });
const options = { tenantDomain: ISSUER, audience: AUDIENCE, jwksResolver };

const refused = (message) => (error) =>
  error instanceof MonoCloudValidationError && error.message === message && error.raw === undefined;

const MODE = '"validateCertificateBinding" must be a boolean or one of [when_present, required, dangerously_ignore]';

for (const { name, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: the arguments of protectApi and protect`, { concurrency: true }, () => {
    test('a client, with and without resolvers', async (t) => {
      const client = new MonoCloudBackendNodeClient(options);
      const url = await listen(t, [
        { path: '/plain', guard: protectApi(client)() },
        { path: '/undefined', guard: protectApi(client, undefined)() },
        { path: '/resolver', guard: protectApi(client, { tokenResolver: ({ headers }) => headers['x-token'] })() },
      ]);
      assertPassed(await send(`${url}/plain`, { token }));
      assertPassed(await send(`${url}/undefined`, { token }));
      assertPassed(await send(`${url}/resolver`, { headers: { 'x-token': token } }));
    });

    test('the options of a client together with resolvers', async (t) => {
      const tokenResolver = ({ headers }) => headers['x-token'];
      const url = await listen(t, [{ path: '/', guard: protectApi({ ...options, tokenResolver })() }]);
      assertPassed(await send(url, { headers: { 'x-token': token } }));
      assertPassed(await send(url, { token }));
      assertAnswer(await send(url), ANSWERS.missing);
    });

    test('wrong options are refused by protectApi itself, with the published message', () => {
      for (const [given, message] of [
        [undefined, '"tenantDomain" is required'],
        [{}, '"tenantDomain" is required'],
        [{ tokenResolver: () => '' }, '"tenantDomain" is required'],
        [{ tenantDomain: ISSUER }, '"audience" is required'],
        [{ tenantDomain: ISSUER, audience: 'no uri' }, '"audience" must be a valid uri'],
        [{ ...options, responseTimeout: 1 }, '"responseTimeout" must be greater than or equal to 1000'],
        [{ ...options, tenantDomain: 'http://tenant.example.com' }, '"tenantDomain" must use https'],
      ]) {
        assert.throws(() => protectApi(given), refused(message), message);
      }
      assert.throws(() => protectApi(), refused('"tenantDomain" is required'));
    });

    test('wrong requirements are refused by protect, not at the first request', () => {
      const protect = protectApi(options);
      for (const [asked, message] of [
        [{ scopes: 'read' }, '"scopes" must be an array of strings'],
        [{ scopes: 5 }, '"scopes" must be an array of strings'],
        [{ scopes: { 0: 'read' } }, '"scopes" must be an array of strings'],
        [{ groups: 'admins' }, '"groups" must be an array of strings'],
        [{ groups: true }, '"groups" must be an array of strings'],
        [{ validateCertificateBinding: 'always' }, MODE],
        [{ validateCertificateBinding: '' }, MODE],
        [{ validateCertificateBinding: 'REQUIRED' }, MODE],
        [{ validateCertificateBinding: 1 }, MODE],
        [{ validateCertificateBinding: {} }, MODE],
      ]) {
        assert.throws(() => protect(asked), refused(message), JSON.stringify(asked));
      }
    });

    test('nothing asked for is nothing checked', async (t) => {
      const protect = protectApi(options);
      const asked = [
        undefined,
        null,
        {},
        { scopes: undefined, groups: undefined, validateCertificateBinding: undefined },
        { scopes: null, groups: null, validateCertificateBinding: null },
        { scopes: [], groups: [], validateCertificateBinding: false },
        { unknown: 'member' },
      ];
      const url = await listen(
        t,
        asked.map((requirement, i) => ({ path: `/${i}`, guard: protect(requirement) })),
      );
      for (const i of asked.keys()) assertPassed(await send(`${url}/${i}`, { token }), String(i));
    });

    test('a requirement that no token can meet forbids', async (t) => {
      const protect = protectApi(options);
      const scoped = await signer.sign({ ...claimsOf(token), scope: 'read 5 null', groups: ['x'] });
      const asked = [{ scopes: [5] }, { scopes: [null] }, { scopes: [''] }, { groups: [5] }, { scopes: ['READ'] }];
      const url = await listen(
        t,
        asked.map((requirement, i) => ({ path: `/${i}`, guard: protect(requirement) })),
      );
      for (const i of asked.keys()) {
        assertAnswer(await send(`${url}/${i}`, { token: scoped }), ANSWERS.forbidden, JSON.stringify(asked[i]));
      }
    });

    test('groups: any of them, or all with matchAll', async (t) => {
      const held = await signer.sign({ ...claimsOf(token), roles: ['a', { id: '1', name: 'b' }] });
      const any = protectApi(clientWithKeys([signer.jwk], { groupOptions: { groupsClaim: 'roles' } }));
      const all = protectApi(clientWithKeys([signer.jwk], { groupOptions: { groupsClaim: 'roles', matchAll: true } }));
      const url = await listen(t, [
        { path: '/any', guard: any({ groups: ['x', '1'] }) },
        { path: '/all', guard: all({ groups: ['a', 'b', '1'] }) },
        { path: '/missing', guard: all({ groups: ['a', 'x'] }) },
      ]);
      assertPassed(await send(`${url}/any`, { token: held }));
      assertPassed(await send(`${url}/all`, { token: held }));
      assertAnswer(await send(`${url}/missing`, { token: held }), ANSWERS.forbidden);
    });
  });
}

test('the environment alone configures a guard, on both doors', async () => {
  const script = `
    for (const door of ['express', 'fastify']) {
      const { protectApi } = require('@monocloud/backend-node/' + door);
      if (typeof protectApi()() !== 'function' || typeof protectApi({})() !== 'function') process.exit(1);
      process.env.MONOCLOUD_BACKEND_CLOCK_SKEW = '-1';
      try { protectApi(); process.exit(2); } catch (error) { console.log(error.message); }
      delete process.env.MONOCLOUD_BACKEND_CLOCK_SKEW;
    }`;
  const env = { ...process.env, MONOCLOUD_BACKEND_TENANT_DOMAIN: ISSUER, MONOCLOUD_BACKEND_AUDIENCE: AUDIENCE };
  const child = spawn(process.execPath, ['-e', script], { env, cwd: new URL('..', import.meta.url) });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const [code] = await once(child, 'close');
  const line = '"clockSkew" must be greater than or equal to 0\n';
  assert.equal(Buffer.concat(output).toString(), line + line);
  assert.equal(code, 0);
});

function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString());
}
