import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { decodeBase64Url } from '../internal/base64';

const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ITERATIONS = 100_000;

const derive = promisify(pbkdf2);

/**
 * Encrypts a text under a secret with AES-256-GCM (NIST SP 800-38D). The key is PBKDF2-HMAC-SHA-256 (RFC 8018
 * section 5.2) of the secret's UTF-8 bytes, 100,000 iterations, with a fresh salt.
 *
 * @returns unpadded base64url of salt (16 bytes), initialisation vector (12), ciphertext and tag (16).
 */
export async function encrypt(data: string, secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(secret, salt), iv);
  const ciphertext = cipher.update(data, 'utf8');
  return Buffer.concat([salt, iv, ciphertext, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Decrypts what {@link encrypt} made; `undefined` for anything else: another secret, altered, cut or no text at all. */
export async function decrypt(encrypted: string, secret: string): Promise<string | undefined> {
  try {
    const sealed = Buffer.from(decodeBase64Url(encrypted), 'latin1');
    const ciphertextStart = SALT_BYTES + IV_BYTES;
    const tagStart = sealed.length - TAG_BYTES;
    if (tagStart < ciphertextStart) {
      return undefined;
    }
    const key = await deriveKey(secret, sealed.subarray(0, SALT_BYTES));
    const iv = sealed.subarray(SALT_BYTES, ciphertextStart);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(tagStart));
    const opened = decipher.update(sealed.subarray(ciphertextStart, tagStart));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function deriveKey(secret: string, salt: Buffer): Promise<Buffer> {
  return derive(Buffer.from(secret, 'utf8'), salt, ITERATIONS, KEY_BYTES, 'sha256');
}
