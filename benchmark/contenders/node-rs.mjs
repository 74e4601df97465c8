import { verify, verifySync } from '@node-rs/jsonwebtoken';

function settings({ issuer, audience }, alg) {
  return { algorithms: [alg], iss: [issuer], aud: [audience], leeway: 60, validateNbf: true };
}

export function create(context, alg) {
  const options = settings(context, alg);
  const key = context.pems[alg];
  return { validate: (token) => verifySync(token, key, options), synchronous: true };
}

export function createAsynchronous(context, alg) {
  const options = settings(context, alg);
  const key = context.pems[alg];
  return { validate: (token) => verify(token, key, options) };
}
