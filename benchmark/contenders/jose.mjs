import { createRemoteJWKSet, jwtVerify } from 'jose';

export function create({ issuer, audience }) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const options = { issuer, audience, clockTolerance: 60 };
  return { validate: async (token) => (await jwtVerify(token, keys, options)).payload };
}
