import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { JwtClaims } from '../types';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** How every revocation starts, encrypted or not, so that a script can tell one. */
export const REVOCATION = `{"v":${VERSION},"r":true,`;

/** What is stored for a token: its claims, and until when (seconds since the epoch) they may be used. */
export interface Entry {
  claims: JwtClaims;
  expiresAt: number;
  isRevocation?: boolean;
}

/** How tokens become the names of their entries, and entries become text. */
export interface EntryFormat {
  /** The name never lets the token be seen: its SHA-256, or its HMAC-SHA-256 (RFC 2104) under the secret. */
  nameOf(token: string): string;
  write(name: string, entry: Entry): string;
  /** Undefined for whatever `write` did not make: unknown versions, and with encryption what was altered or moved. */
  read(name: string, text: string): Entry | undefined;
}

/** `{"v":1,"e":expiresAt,"c":claims}`; revocations have `"r":true` after the version. */
export function openFormat(prefix: string, secret?: Uint8Array): EntryFormat {
  return {
    nameOf: (token) => prefix + digest(token, secret),
    write: (_name, { claims, expiresAt, isRevocation }) => envelope(isRevocation, { e: expiresAt, c: claims }),
    read(_name, text) {
      const stored = parse(text);
      return stored && entryOf(stored, stored.r === true);
    },
  };
}

/** `{"v":1,"s":sealed}`: the content of an open entry under AES-256-GCM (NIST SP 800-38D), in base64url. */
export function sealedFormat(prefix: string, secret: Uint8Array): EntryFormat {
  return {
    nameOf: (token) => prefix + digest(token, secret),
    write(name, { claims, expiresAt, isRevocation }) {
      const content = JSON.stringify({ v: VERSION, e: expiresAt, c: claims });
      return envelope(isRevocation, { s: seal(content, keyOf(secret, name), boundTo(name, isRevocation)) });
    },
    read(name, text) {
      const stored = parse(text);
      if (typeof stored?.s !== 'string') {
        return undefined;
      }
      const isRevocation = stored.r === true;
      const content = unseal(stored.s, keyOf(secret, name), boundTo(name, isRevocation));
      const opened = content === undefined ? undefined : parse(content);
      return opened && entryOf(opened, isRevocation);
    },
  };
}

function digest(token: string, secret?: Uint8Array): string {
  const hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  return hash.update(token, 'utf8').digest('base64url');
}

function envelope(isRevocation: boolean | undefined, members: object): string {
  return (isRevocation ? REVOCATION : `{"v":${VERSION},`) + JSON.stringify(members).slice(1);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && value.v === VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}

function entryOf({ e, c }: Record<string, unknown>, isRevocation: boolean): Entry | undefined {
  return typeof e === 'number' && isObject(c) ? { claims: c, expiresAt: e, isRevocation } : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A key of its own for every entry (HKDF-SHA-256, RFC 5869): random initialisation vectors are safe for 2^32 texts
 * under one key (NIST SP 800-38D section 8.3), which a fleet writes in weeks.
 */
function keyOf(secret: Uint8Array, name: string): Buffer {
  const label = createHash('sha256').update(name).digest();
  const info = Buffer.concat([Buffer.from('monocloud introspection cache encryption'), label]);
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, KEY_BYTES));
}

/** An entry opens only under the name, and in the role, that it was written for. */
function boundTo(name: string, isRevocation = false): Buffer {
  return Buffer.from(`${VERSION} ${isRevocation ? 'revocation' : 'claims'} ${name}`);
}

/** Initialisation vector (12 bytes), ciphertext and tag (16). */
function seal(text: string, key: Buffer, bound: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function unseal(sealed: string, key: Buffer, bound: Buffer): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const tagStart = bytes.length - TAG_BYTES;
  if (tagStart < IV_BYTES) {
    return undefined;
  }
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(bound);
  decipher.setAuthTag(bytes.subarray(tagStart));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tagStart)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
