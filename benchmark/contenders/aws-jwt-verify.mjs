import { JwtVerifier } from 'aws-jwt-verify';

/** Its own fetcher wants https, so it is handed the keys. */
export function create({ issuer, audience, jwks }) {
  const verifier = JwtVerifier.create({ issuer, audience, graceSeconds: 60, jwksUri: `${issuer}/jwks` });
  verifier.cacheJwks(jwks);
  return { validate: (token) => verifier.verifySync(token), synchronous: true };
}
