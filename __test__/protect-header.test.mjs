import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, test } from 'node:test';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { FRAMEWORKS } from './support/frameworks.mjs';
import { clientWithKeys, createSigner } from './support/jws.mjs';

const signer = await createSigner();
const token = await signer.sign();
const client = clientWithKeys([signer.jwk]);

/** An `Authorization` header, and whether a token is found in it (RFC 6750 section 2.1, RFC 9110 section 11.1). */
const HEADERS = [
  [`Bearer ${token}`, true],
  [`bearer ${token}`, true],
  [`BEARER    ${token}`, true],
  [`Bearer\t${token}`, true],
  [`  Bearer ${token}  `, true],
  [`Bearer \t ${token}\t`, true],
  ['', false],
  ['Bearer', false],
  ['Bearer ', false],
  [`Basic ${token}`, false],
  [`DPoP ${token}`, false],
  [`Bearer ${token} more`, false],
  [`Bearer ${token}, Basic eDp5`, false],
  [`Bearer${token}`, false],
  [`Bearer=${token}`, false],
  [`Basic eDp5, Bearer ${token}`, false],
  [token, false],
];

for (const { name, protectApi, listen } of FRAMEWORKS) {
  describe(`${name}: the Authorization header`, { concurrency: true }, () => {
    test('holds one scheme, Bearer in any case, and one token', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      for (const [authorization, found] of HEADERS) {
        const response = await send(url, { headers: { authorization } });
        if (found) assertPassed(response, authorization);
        else assertAnswer(response, ANSWERS.missing, authorization);
      }
    });

    test('is read in every spelling of its name', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      for (const field of ['authorization', 'Authorization', 'AUTHORIZATION']) {
        assertPassed(await send(url, { headers: { [field]: `Bearer ${token}` } }), field);
      }
      assertAnswer(await send(url, { headers: { 'proxy-authorization': `Bearer ${token}` } }), ANSWERS.missing);
    });

    test('a token is not looked for anywhere else', async (t) => {
      const url = await listen(t, [{ path: '/', method: 'POST', guard: protectApi(client)() }]);
      assertAnswer(await send(`${url}/?access_token=${token}`, { method: 'POST' }), ANSWERS.missing);
      const headers = { cookie: `access_token=${token}`, 'x-access-token': token };
      assertAnswer(await send(url, { method: 'POST', headers }), ANSWERS.missing);
    });

    test('of repeated lines the first counts, and only the first', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      const [good, bad, basic] = [`Bearer ${token}`, 'Bearer a.b.c', 'Basic eDp5'];
      for (const [lines, status, challenge] of [
        [[good, bad], 200],
        [[bad, good], 401, 'Bearer error="invalid_token"'],
        [[basic, good], 401, 'Bearer'],
        [['', good], 401, 'Bearer'],
        [[good, good], 200],
      ]) {
        const head = await exchange(url, lines.map((line) => `Authorization: ${line}\r\n`).join(''));
        assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), String(lines));
        assert.equal(/^www-authenticate: (.*)\r$/im.exec(head)?.[1], challenge, String(lines));
      }
    });

    test('may hold any bytes that HTTP lets through', async (t) => {
      const url = await listen(t, [{ path: '/', guard: protectApi(client)() }]);
      for (const bytes of ['\xff.\xfe.\x80', 'a.\x80.c', 'é.é.é', '%00.%00.%00', '"a"."b"."c"']) {
        const head = await exchange(url, `Authorization: Bearer ${bytes}\r\n`);
        assert.match(head, /^HTTP\/1.1 401 .*Bearer error="invalid_token"/s, JSON.stringify(bytes));
      }
      assertPassed(await send(url, { token }));
    });
  });
}

/** Sends a request of these very header lines; resolves to the response's text. */
async function exchange(url, lines) {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET / HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n${lines}\r\n`, 'latin1');
  const chunks = await socket.setEncoding('latin1').toArray();
  return chunks.join('');
}
