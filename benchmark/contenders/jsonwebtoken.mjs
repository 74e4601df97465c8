import { createPublicKey } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';

export function create({ issuer, audience, pems }, alg) {
  const key = createPublicKey(pems[alg]);
  const options = { algorithms: [alg], issuer, audience, clockTolerance: 60 };
  return { validate: (token) => jsonwebtoken.verify(token, key, options), synchronous: true };
}
