import { isJsonObject, now } from '../internal/values';
import { decrypt, encrypt } from './sealing';

/**
 * Encrypts a session as JSON `{ session, expiresAt? }`.
 *
 * @param ttl lifetime in seconds; without it the session never expires.
 * @throws TypeError when `ttl` is `NaN` or infinite, which JSON cannot carry.
 */
export function encryptSession<T>(session: T, secret: string, ttl?: number): Promise<string> {
  return seal('session', session, secret, ttl);
}

/**
 * Decrypts what {@link encryptSession} made.
 *
 * @throws Error `Invalid session data` for anything that is not a session under this secret, `Session Expired` once
 * its lifetime is over.
 */
export function decryptSession<T = unknown>(encryptedSession: string, secret: string): Promise<T> {
  return open<T>('session', encryptedSession, secret, 'Invalid session data', 'Session Expired');
}

/**
 * Encrypts the state of an authorization request as JSON `{ authState, expiresAt? }`.
 *
 * @param ttl lifetime in seconds; without it the state never expires.
 * @throws TypeError when `ttl` is `NaN` or infinite, which JSON cannot carry.
 */
export function encryptAuthState<T>(authState: T, secret: string, ttl?: number): Promise<string> {
  return seal('authState', authState, secret, ttl);
}

/**
 * Decrypts what {@link encryptAuthState} made.
 *
 * @throws Error `Invalid auth state` for anything that is not an auth state under this secret, `Auth state expired`
 * once its lifetime is over.
 */
export function decryptAuthState<T = unknown>(encryptedAuthState: string, secret: string): Promise<T> {
  return open<T>('authState', encryptedAuthState, secret, 'Invalid auth state', 'Auth state expired');
}

async function seal(member: string, value: unknown, secret: string, ttl: number | undefined): Promise<string> {
  const hasLifetime = typeof ttl === 'number';
  if (hasLifetime && !Number.isFinite(ttl)) {
    throw new TypeError('ttl must be a finite number of seconds');
  }
  return encrypt(JSON.stringify({ [member]: value, expiresAt: hasLifetime ? now() + ttl : undefined }), secret);
}

async function open<T>(
  member: string,
  encrypted: string,
  secret: string,
  invalid: string,
  expired: string,
): Promise<T> {
  const content = parse(await decrypt(encrypted, secret));
  if (!isJsonObject(content) || !Object.hasOwn(content, member)) {
    throw new Error(invalid);
  }
  const { expiresAt } = content;
  if (expiresAt !== undefined && typeof expiresAt !== 'number') {
    throw new Error(invalid);
  }
  if (expiresAt !== undefined && expiresAt < now()) {
    throw new Error(expired);
  }
  return content[member] as T;
}

function parse(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
