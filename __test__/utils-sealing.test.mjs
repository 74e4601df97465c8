import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { describe, test } from 'node:test';
import {
  decrypt,
  decryptAuthState,
  decryptSession,
  encrypt,
  encryptAuthState,
  encryptSession,
} from '@monocloud/backend-node/utils';

const SECRET = 'correct horse battery staple – ключ';
const seconds = () => Math.floor(Date.now() / 1000);

/** The sealed format, written out from its description alone. */
const format = {
  seal(text, secret) {
    const salt = crypto.randomBytes(16);
    const iv = crypto.randomBytes(12);
    const key = crypto.pbkdf2Sync(Buffer.from(secret, 'utf8'), salt, 100000, 32, 'sha256');
    const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([salt, iv, ciphertext, cipher.getAuthTag()]).toString('base64url');
  },
  open(sealed, secret) {
    const bytes = Buffer.from(sealed, 'base64url');
    const key = crypto.pbkdf2Sync(Buffer.from(secret, 'utf8'), bytes.subarray(0, 16), 100000, 32, 'sha256');
    const decipher = crypto.createDecipheriv('aes-256-gcm', key, bytes.subarray(16, 28));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(28, -16), undefined, 'utf8') + decipher.final('utf8');
  },
};

describe('encrypt and decrypt', () => {
  for (const text of ['', 'a', 'Grüße, 世界 🚀', '\ufeffbyte order mark', 'x'.repeat(100_000)]) {
    test(`a text of ${text.length} characters survives the way there and back`, async () => {
      const sealed = await encrypt(text, SECRET);
      assert.match(sealed, /^[A-Za-z0-9_-]+$/);
      assert.equal(Buffer.from(sealed, 'base64url').length, 16 + 12 + Buffer.byteLength(text) + 16);
      assert.equal(await decrypt(sealed, SECRET), text);
    });
  }

  test('the format is salt, iv, ciphertext, tag under PBKDF2 with 100,000 iterations, in both directions', async () => {
    assert.equal(await decrypt(format.seal('ready – set', SECRET), SECRET), 'ready – set');
    assert.equal(format.open(await encrypt('ready – set', SECRET), SECRET), 'ready – set');
  });

  test('a fixed vector decrypts', async () => {
    const vector = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaG5w6QxEfxE-2a5ywmwF_Yzs2bogaPnktOZCVwxwA';
    assert.equal(await decrypt(vector, 'vector secret'), 'interoperable');
  });

  test('padding and the base64 alphabet are accepted as well', async () => {
    const sealed = format.seal('padded??>>', SECRET);
    const bytes = Buffer.from(sealed, 'base64url');
    assert.equal(await decrypt(bytes.toString('base64'), SECRET), 'padded??>>');
  });

  test('the same text never seals to the same value twice', async () => {
    const [first, second] = await Promise.all([encrypt('same', SECRET), encrypt('same', SECRET)]);
    assert.notEqual(first, second);
    assert.notEqual(first.slice(0, 21), second.slice(0, 21));
  });

  const flip = (sealed, index) => {
    const bytes = Buffer.from(sealed, 'base64url');
    bytes[index < 0 ? bytes.length + index : index] ^= 1;
    return bytes.toString('base64url');
  };
  const hostile = [
    ['altered salt', (sealed) => flip(sealed, 0)],
    ['altered iv', (sealed) => flip(sealed, 16)],
    ['altered ciphertext', (sealed) => flip(sealed, 28)],
    ['altered tag', (sealed) => flip(sealed, -1)],
    ['last byte cut', (sealed) => Buffer.from(sealed, 'base64url').subarray(0, -1).toString('base64url')],
    [
      'a byte appended',
      (sealed) => Buffer.concat([Buffer.from(sealed, 'base64url'), Buffer.from([0])]).toString('base64url'),
    ],
    ['43 bytes', () => Buffer.alloc(43).toString('base64url')],
    ['29 bytes', () => Buffer.alloc(29).toString('base64url')],
    ['28 bytes', () => Buffer.alloc(28).toString('base64url')],
    ['empty', () => ''],
    ['not base64', (sealed) => `!${sealed}`],
    ['not ASCII', () => 'ü'.repeat(80)],
    ['impossible base64 length', () => 'A'.repeat(81)],
    ['undefined', () => undefined],
    ['null', () => null],
    ['a number', () => 5],
    ['an object', () => ({})],
    ['a buffer', (sealed) => Buffer.from(sealed, 'base64url')],
  ];
  for (const [title, make] of hostile) {
    test(`decrypt answers undefined: ${title}`, async () => {
      assert.equal(await decrypt(make(format.seal('text', SECRET)), SECRET), undefined);
    });
  }

  for (const secret of ['another secret', '', undefined, null, 5]) {
    test(`decrypt answers undefined under the secret ${secret}`, async () => {
      assert.equal(await decrypt(format.seal('text', SECRET), secret), undefined);
    });
  }

  test('encrypt rejects what is not a text', async () => {
    await assert.rejects(encrypt(undefined, SECRET), TypeError);
    await assert.rejects(encrypt('text', undefined), TypeError);
  });
});

const sealedKinds = [
  {
    kind: 'session',
    member: 'session',
    seal: encryptSession,
    open: decryptSession,
    invalid: 'Invalid session data',
    expired: 'Session Expired',
  },
  {
    kind: 'auth state',
    member: 'authState',
    seal: encryptAuthState,
    open: decryptAuthState,
    invalid: 'Invalid auth state',
    expired: 'Auth state expired',
  },
];
for (const { kind, member, seal, open, invalid, expired } of sealedKinds) {
  describe(`an encrypted ${kind}`, () => {
    const value = { user: { sub: 'ann', name: 'Änn' }, list: [1, null, 'x'] };
    const plainError = (message) => (error) => error.constructor === Error && error.message === message;

    test('comes back as it was', async () => {
      assert.deepEqual(await open(await seal(value, SECRET), SECRET), value);
      assert.deepEqual(await open(await seal(value, SECRET, 60), SECRET), value);
      assert.deepEqual(await open(format.seal(JSON.stringify({ [member]: value }), SECRET), SECRET), value);
    });

    test('is JSON without expiresAt when no ttl is given', async () => {
      assert.equal(format.open(await seal(value, SECRET), SECRET), JSON.stringify({ [member]: value }));
    });

    for (const ttl of [60, 0, -5, 1.5]) {
      test(`carries expiresAt = now + ${ttl}`, async () => {
        const before = seconds();
        const content = JSON.parse(format.open(await seal(value, SECRET, ttl), SECRET));
        assert.deepEqual(Object.keys(content), [member, 'expiresAt']);
        assert.ok(content.expiresAt >= before + ttl && content.expiresAt <= seconds() + ttl);
      });
    }

    for (const ttl of [NaN, Infinity]) {
      test(`refuses the ttl ${ttl}`, async () => {
        await assert.rejects(seal(value, SECRET, ttl), TypeError);
      });
    }

    test('expires when expiresAt is less than now', async (context) => {
      const at = 1_700_000_000;
      const sealed = format.seal(JSON.stringify({ [member]: value, expiresAt: at }), SECRET);
      context.mock.method(Date, 'now', () => at * 1000 + 999);
      assert.deepEqual(await open(sealed, SECRET), value);
      context.mock.method(Date, 'now', () => (at + 1) * 1000);
      await assert.rejects(open(sealed, SECRET), plainError(expired));
    });

    const foreign = member === 'session' ? 'authState' : 'session';
    const invalidTexts = [
      ['empty plaintext', ''],
      ['not JSON', '{"session":'],
      ['null', 'null'],
      ['an array', '[1]'],
      ['a string', '"session"'],
      ['without the member', '{}'],
      ['of the other kind', JSON.stringify({ [foreign]: value })],
      ['expiresAt of another type', JSON.stringify({ [member]: value, expiresAt: '9999999999' })],
      ['expiresAt null', JSON.stringify({ [member]: value, expiresAt: null })],
    ];
    for (const [title, text] of invalidTexts) {
      test(`is invalid: ${title}`, async () => {
        await assert.rejects(open(format.seal(text, SECRET), SECRET), plainError(invalid));
      });
    }

    test('is invalid under another secret, and when it is no ciphertext', async () => {
      const sealed = await seal(value, SECRET);
      await assert.rejects(open(sealed, 'another secret'), plainError(invalid));
      await assert.rejects(open(sealed.slice(0, 30), SECRET), plainError(invalid));
      await assert.rejects(open('nonsense', SECRET), plainError(invalid));
      await assert.rejects(open(undefined, SECRET), plainError(invalid));
    });
  });
}
