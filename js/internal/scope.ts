/** What identifies a stored access token: the resources and scopes it was requested with, separated by white space. */
export interface RequestedToken {
  resource?: string | undefined;
  requestedScopes?: string | undefined;
}

/** Splits on white space (RFC 6749 section 3.3) and drops empty parts; `undefined` stays `undefined`. */
export function parseSpaceSeparated(value?: string | null): string[] | undefined {
  return value?.split(/\s+/).filter((part) => part.length > 0);
}

/** The distinct parts of a white-space separated text; the empty set for `undefined`. */
export function parseSpaceSeparatedSet(value?: string | null): Set<string> {
  return new Set(parseSpaceSeparated(value));
}

/** Whether two sets hold the same members; with `strict` false, whether every member of `a` is in `b`. */
export function setsEqual<T>(a: ReadonlySet<T>, b: ReadonlySet<T>, strict = true): boolean {
  if (strict && a.size !== b.size) {
    return false;
  }
  for (const member of a) {
    if (!b.has(member)) {
      return false;
    }
  }
  return true;
}

/**
 * The first token that was requested with exactly these resources and scopes, in any order. Absent and empty mean the
 * same. `undefined` when there is none.
 */
export function findToken<T extends RequestedToken>(
  tokens: readonly T[] | null | undefined,
  resource?: string,
  scopes?: string,
): T | undefined {
  const resources = parseSpaceSeparatedSet(resource);
  const requested = parseSpaceSeparatedSet(scopes);
  return tokens?.find(
    (token) =>
      setsEqual(parseSpaceSeparatedSet(token.resource), resources) &&
      setsEqual(parseSpaceSeparatedSet(token.requestedScopes), requested),
  );
}
