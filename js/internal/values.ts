import { native } from '../native';

/** Reads a boolean environment value: trimmed, case-insensitive `true` or `false`; anything else is `undefined`. */
export function getBoolean(value?: string | null): boolean | undefined {
  return native.envBoolean(value) ?? undefined;
}

/** Reads an integer environment value the way `parseInt(value.trim(), 10)` does; not a number is `undefined`. */
export function getNumber(value?: string | null): number | undefined {
  return native.envNumber(value) ?? undefined;
}

/** Whether a value was given: any boolean or number (`NaN` and 0 too), or a string that is not blank. */
export function isPresent(value?: string | number | boolean | null): boolean {
  if (typeof value === 'boolean' || typeof value === 'number') {
    return true;
  }
  return typeof value === 'string' && value.trim().length > 0;
}

/** Whether a value is an object as JSON means it: not `null`, not an array. */
export function isJsonObject<T = Record<string, unknown>>(value: unknown): value is T {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a client secret that may hold a JWK: a string that is a JSON object with a string `kty` (RFC 7517 section 4.1)
 * becomes that object, everything else is returned unchanged.
 */
export function parseClientSecret<T>(secret: T): T | { kty: string; [member: string]: unknown } {
  if (typeof secret !== 'string') {
    return secret;
  }
  try {
    const parsed: unknown = JSON.parse(secret);
    return isJsonObject<{ kty: string }>(parsed) && typeof parsed.kty === 'string' ? parsed : secret;
  } catch {
    return secret;
  }
}

/** The current time in whole seconds since the epoch, by `Date.now()`. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
