import type { AccessTokenClaims } from './types';

/** Claims of which everybody gets an own copy, as if their text had been parsed again. */
export class ClaimsTemplate {
  readonly #claims: Record<string, unknown>;
  /** The members that are lists or objects. */
  readonly #nested: readonly string[];

  private constructor(claims: Record<string, unknown>) {
    this.#claims = claims;
    this.#nested = Object.keys(claims).filter((name) => typeof claims[name] === 'object' && claims[name] !== null);
  }

  /** Undefined for claims with a member `__proto__`, which only a parser can make. */
  static of(text: string): ClaimsTemplate | undefined {
    const claims = JSON.parse(text) as Record<string, unknown>;
    return isCopied(claims) ? new ClaimsTemplate(claims) : undefined;
  }

  copy(): AccessTokenClaims {
    const claims = { ...this.#claims };
    for (const name of this.#nested) {
      claims[name] = copyOf(claims[name]);
    }
    return claims;
  }
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(copyOf);
  }
  const copy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copy)) {
    copy[name] = copyOf(copy[name]);
  }
  return copy;
}

function isCopied(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (!Object.hasOwn(value, '__proto__') && Object.values(value).every(isCopied))
  );
}
