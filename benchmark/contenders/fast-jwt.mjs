import { createVerifier } from 'fast-jwt';

export function create({ issuer, audience, pems }, alg, more) {
  const validate = createVerifier({
    key: pems[alg],
    algorithms: [alg],
    allowedIss: issuer,
    allowedAud: audience,
    clockTolerance: 60_000,
    ...more,
  });
  return { validate, synchronous: true };
}

/** With its cache, which finds tokens by a hash. */
export function createCached(context, alg) {
  return create(context, alg, { cache: 10_000 });
}

/** With its cache keyed by the token itself, the quickest form its documentation has; a warning at the start says so. */
export function createCachedByToken(context, alg) {
  const warn = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return create(context, alg, { cache: 10_000, cacheKeyBuilder: (token) => token });
  } finally {
    process.emitWarning = warn;
  }
}
