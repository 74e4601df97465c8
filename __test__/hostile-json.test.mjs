import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ANSWERS, assertAnswer, assertPassed, send } from './support/answers.mjs';
import { assertRefused, guardedApis } from './support/guarded-api.mjs';
import { AUDIENCE, ISSUER, claims, clientWithKeys, createSigner } from './support/jws.mjs';

const HEADER = 'Failed to parse JWT Header';
const HEADER_OBJECT = 'JWT Header must be a top level object';
const PAYLOAD = 'Failed to parse JWT Payload';
const PAYLOAD_OBJECT = 'JWT Payload must be a top level object';
const CRIT = 'Unexpected JWT "crit" header parameter';
const NO_KEY = 'No matching key found in the JSON Web Key Set';

const DEPTH = 100_000;
const deep = (open, close) => open.repeat(DEPTH) + close.repeat(DEPTH);
/** As deep as 64 KiB allow once they are encoded. */
const nested = (open, close, depth = 20_000) => open.repeat(depth) + close.repeat(depth);

const signer = await createSigner('ES256');
const client = clientWithKeys([{ ...signer.jwk, kid: 'key' }]);
const sound = JSON.stringify(claims());
const members = sound.slice(1, -1);
const urls = [];
const endings = [];

before(async () => urls.push(...(await guardedApis({ after: (end) => endings.push(end) }, client))));
after(() => Promise.all(endings.map((end) => end())));

/** Bytes that are no JSON object for anybody. */
const MALFORMED = {
  'an empty text': '',
  'white space': '  ',
  'no JSON': 'hello',
  'JSON and more': `{${members}} x`,
  'two objects': '{}{}',
  'a trailing comma': `{${members},}`,
  'single quotes': "{'a':1}",
  'a comment': `{/* */${members}}`,
  'a leading zero': `{${members},"a":01}`,
  'an unfinished object': `{${members}`,
  'a byte order mark': `\ufeff{${members}}`,
  'a NUL behind': `{${members}}\0`,
  'a NUL before': `\0{${members}}`,
  'a NUL in a string': `{${members},"a":"\0"}`,
  'a line break in a string': `{${members},"a":"\n"}`,
  'a lone surrogate, escaped': `{${members},"a":"\\ud800"}`,
  'surrogates in the wrong order': `{${members},"a":"\\udc00\\ud800"}`,
  'a lone surrogate as a name': `{${members},"\\udfff":1}`,
  'a lone surrogate in bytes': Buffer.concat([
    Buffer.from(`{${members},"a":"`),
    Buffer.of(0xed, 0xa0, 0x80),
    Buffer.from('"}'),
  ]),
  'bytes that are no UTF-8': Buffer.concat([Buffer.from(`{${members},"a":"`), Buffer.of(0xff), Buffer.from('"}')]),
  'an overlong form': Buffer.concat([Buffer.from(`{${members},"a":"`), Buffer.of(0xc0, 0xaf), Buffer.from('"}')]),
  'UTF-16': Buffer.from(`{${members}}`, 'utf16le'),
  'a number beyond a double': `{${members},"a":1e400}`,
  'a negative one': `{${members},"a":-1e400}`,
  NaN: `{${members},"a":NaN}`,
  'arrays without end': nested('[', ']'),
  'objects without end': nested('{"a":', '}', 7_000).replace('}', '1}'),
  'deep arrays in a member': `{${members},"a":${nested('[', ']').slice(300, -300)}}`,
  'arrays that never close': '['.repeat(40_000),
};

const NOT_OBJECTS = ['null', 'true', '[]', '[{}]', `[${sound}]`, '"text"', '5', '-0', '1e300'];

describe('the JSON of a token', () => {
  for (const [title, bytes] of Object.entries(MALFORMED)) {
    test(`${title} is refused`, async () => {
      const size = Buffer.byteLength(bytes);
      assert.ok(size < 48_000, String(size));
      await assertRefused(client, urls, await signer.sign(sound, bytes), { message: HEADER }, `header: ${title}`);
      await assertRefused(client, urls, await signer.sign(bytes), { message: PAYLOAD }, `payload: ${title}`);
    });
  }

  test('nesting of 100,000 is refused without a look', async () => {
    const expected = { reason: 'token_too_large' };
    for (const bytes of [deep('[', ']'), deep('{"a":', '}'), `{"a":${deep('[', ']')}}`]) {
      await assertRefused(client, urls, await signer.sign(sound, bytes), expected, 'header');
      await assertRefused(client, urls, await signer.sign(bytes), expected, 'payload');
    }
  });

  test('only objects are headers and payloads', async () => {
    for (const bytes of NOT_OBJECTS) {
      await assertRefused(client, urls, await signer.sign(sound, bytes), { message: HEADER_OBJECT }, bytes);
      await assertRefused(client, urls, await signer.sign(bytes), { message: PAYLOAD_OBJECT }, bytes);
    }
  });

  test('of members with the same name the last one counts, for the check and for the handler', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const [text, accepted] of [
      [`{"iss":"https://other.example.com",${members}}`, true],
      [`{${members},"iss":"https://other.example.com"}`, false],
      [`{"exp":1,${members}}`, true],
      [`{${members},"exp":1}`, false],
      [`{"aud":[],${members}}`, true],
      [`{${members},"aud":[]}`, false],
      [`{${members},"\\u0065xp":1}`, false],
      [`{${members},"exp":${now + 10},"exp":${now + 20}}`, true],
    ]) {
      const token = await signer.sign(text);
      if (!accepted) {
        await assertRefused(client, urls, token, {}, text);
        continue;
      }
      assert.deepEqual(await client.validateAccessToken(token), JSON.parse(text), text);
      for (const url of urls) assert.deepEqual(assertPassed(await send(url, { token })), JSON.parse(text));
    }
    await assertRefused(client, urls, await signer.sign(sound, '{"alg":"ES256","alg":"none"}'), {}, 'alg');
    assertPassed(await send(urls[0], { token: await signer.sign(sound, '{"alg":"none","alg":"ES256"}') }));
  });

  test('__proto__ and its like are members, and pollute nothing', async () => {
    const before = Reflect.ownKeys(Object.prototype);
    const text = `{${members},"__proto__":{"admin":true,"scope":"write"},"constructor":{"prototype":{"admin":true}},"hasOwnProperty":1,"toString":null,"valueOf":[]}`;
    const header =
      '{"alg":"ES256","__proto__":{"kid":"other","crit":["b64"]},"constructor":{"prototype":{"alg":"none"}}}';
    const token = await signer.sign(text, header);
    const seen = await client.validateAccessToken(token);
    assert.deepEqual(Object.keys(seen), Object.keys(JSON.parse(text)));
    assert.ok(Object.hasOwn(seen, '__proto__'));
    assert.equal(Object.getPrototypeOf(seen), Object.prototype);
    assert.equal(seen.admin, undefined);
    await assert.rejects(client.validateAccessToken(token, { scopes: ['write'] }), { code: 'insufficient_scope' });
    assert.deepEqual(Reflect.ownKeys(Object.prototype), before);
    assert.equal({}.admin, undefined);
    for (const url of urls) assertPassed(await send(url, { token }));
    // What is only in __proto__ is not there.
    const hidden = `{"__proto__":${sound}}`;
    await assertRefused(client, urls, await signer.sign(hidden), { message: 'Invalid Issuer' }, 'hidden');
    await assertRefused(client, urls, await signer.sign(sound, '{"__proto__":{"alg":"ES256"}}'), {}, 'hidden alg');
  });

  test('__proto__ in cnf is no thumbprint', async () => {
    for (const cnf of [`{"__proto__":{"x5t#S256":"abc"}}`, `"{\\"__proto__\\":{\\"x5t#S256\\":\\"abc\\"}}"`]) {
      const token = await signer.sign(`{${members},"cnf":${cnf}}`);
      const seen = await client.validateAccessToken(token);
      assert.equal(seen.cnf['x5t#S256'], undefined);
      const options = { validateCertificateBinding: 'required', clientCertificate: 'AAAA' };
      await assert.rejects(client.validateAccessToken(token, options), { reason: 'thumbprint_missing' });
    }
    const duplicate = await signer.sign(`{${members},"cnf":{"jkt":"a"},"cnf":{"x5t#S256":"abc"}}`);
    await assertRefused(client, urls, duplicate, { reason: 'certificate_missing' }, 'duplicate cnf');
  });

  test('handler and check read the same numbers and texts', async () => {
    const text = `{${members},"a":[1e308,5e-324,0.1,-0,9007199254740993,12345678901234567890,1E+2],"b":"\\u0000\\u001f\\ud83d\\ude00é\\/","":{"":""}}`;
    const token = await signer.sign(text);
    assert.deepEqual(await client.validateAccessToken(token), JSON.parse(text));
    assert.deepEqual(assertPassed(await send(urls[0], { token })), JSON.parse(JSON.stringify(JSON.parse(text))));
  });

  test('claims of the wrong type are refused', async () => {
    const wrong = {
      iss: [null, [ISSUER], { [ISSUER]: 1 }, 5, `${ISSUER}/`, ISSUER.toUpperCase(), '', undefined],
      aud: [null, {}, 5, '', [], [[AUDIENCE]], { [AUDIENCE]: 1 }, `${AUDIENCE} x`, true, undefined],
      sub: [5, true, [], {}],
      exp: [null, '9999999999', [9999999999], {}, true, 0, -1, 1e-300],
      nbf: [null, '0', [0], {}, false, 1e300],
      cnf: ['no JSON', '[]', '"x"', 5, [], true, { 'x5t#S256': null }, { 'x5t#S256': 5 }],
    };
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const token = await signer.sign(claims({ [name]: value }));
        await assertRefused(client, urls, token, {}, `${name} ${JSON.stringify(value)}`);
      }
    }
    for (const scope of [['read'], { read: 1 }, 5, true]) {
      const token = await signer.sign(claims({ scope }));
      await assert.rejects(client.validateAccessToken(token, { scopes: ['read'] }), { code: 'invalid_token' });
    }
    for (const groups of ['read', { 0: 'read' }, 5, [], [[]], [{}], [{ id: ['read'] }], [5, true]]) {
      const token = await signer.sign(claims({ groups }));
      await assert.rejects(client.validateAccessToken(token, { groups: ['read'] }), { code: 'insufficient_groups' });
    }
    const token = await signer.sign(claims({ groups: ['read', null] }));
    await assert.rejects(client.validateAccessToken(token, { groups: ['read'] }), { code: 'invalid_token' });
  });
});

describe('the header parameters of a token', () => {
  test('crit is refused whatever it holds (RFC 7515 section 4.1.11)', async () => {
    for (const crit of [['b64'], ['exp'], [], null, 'b64', {}, false, 0, '']) {
      const header = { alg: 'ES256', crit, b64: false };
      await assertRefused(client, urls, await signer.sign(claims(), header), { message: CRIT }, JSON.stringify(crit));
    }
  });

  test('b64 without crit changes nothing (RFC 7797 section 6)', async () => {
    const token = await signer.sign(claims(), { alg: 'ES256', b64: false });
    for (const url of urls) assertPassed(await send(url, { token }));
    const [head] = token.split('.');
    const unencoded = sound.replaceAll('.', '');
    const signature = (await signer.signText(`${head}.${unencoded}`)).toString('base64url');
    await assertRefused(client, urls, `${head}.${unencoded}.${signature}`, { message: PAYLOAD }, 'unencoded');
  });

  test('keys that a token brings along are not looked at', async (t) => {
    let fetched = 0;
    const { fetch } = globalThis;
    globalThis.fetch = async () => {
      fetched += 1;
      throw new Error('No request is expected');
    };
    t.after(() => (globalThis.fetch = fetch));
    const foreign = await createSigner('ES256');
    const brought = { jwk: foreign.jwk, jku: 'http://127.0.0.1:9/jwks', x5u: 'http://127.0.0.1:9/x5u', x5c: ['AAAA'] };
    for (const [name, value] of [...Object.entries(brought), ['x5t', 'a'], ['x5t#S256', 'b'], ['url', 'c']]) {
      const header = { alg: 'ES256', [name]: value };
      await client.validateAccessToken(await signer.sign(claims(), header));
      await assertRefused(client, [], await foreign.sign(claims(), header), { reason: 'signature_invalid' }, name);
    }
    const own = await foreign.sign(claims(), { alg: 'ES256', kid: 'other', jwk: { ...foreign.jwk, kid: 'other' } });
    await assertRefused(client, [], own, { message: NO_KEY }, 'jwk with its own kid');
    assert.equal(fetched, 0);
  });

  test('kid is only compared', async () => {
    const kids = [
      5,
      0,
      null,
      true,
      {},
      [],
      ['key'],
      { key: 1 },
      '',
      'KEY',
      'key ',
      ' key',
      'key\0',
      'k'.repeat(30_000),
    ];
    const attacks = ['../../../../dev/null', "' OR '1'='1", '$(id)', '%00', '__proto__', 'constructor', '\u{1f511}'];
    for (const kid of [...kids, ...attacks]) {
      const token = await signer.sign(claims(), { alg: 'ES256', kid });
      await assertRefused(client, urls, token, { message: NO_KEY }, JSON.stringify(kid).slice(0, 40));
    }
    const huge = await signer.sign(claims(), { alg: 'ES256', kid: 'k'.repeat(100_000) });
    await assertRefused(client, urls, huge, { reason: 'token_too_large' }, 'huge kid');
    assertPassed(await send(urls[0], { token: await signer.sign(claims(), { alg: 'ES256', kid: 'key' }) }));
  });

  test('typ and cty are not looked at', async () => {
    for (const typ of [undefined, null, 5, {}, [], '', 'JWT', 'at+jwt', 'application/at+jwt', 'id_token', '\0']) {
      await client.validateAccessToken(await signer.sign(claims(), { alg: 'ES256', typ, cty: typ }));
    }
  });

  after(async () => assertAnswer(await send(urls[0]), ANSWERS.missing));
});
