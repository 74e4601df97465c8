import { auth } from 'express-oauth2-jwt-bearer';

/** Its verifier comes only as middleware for Express: what else it reads of a request is prepared here. */
export function create({ issuer, audience }, alg) {
  const middleware = createMiddleware({ issuer, audience }, alg);
  const validate = (token) => validateHeaders(middleware, { authorization: `Bearer ${token}`, host: 'localhost' });
  return { validate };
}

export function createMiddleware({ issuer, audience }, alg) {
  const options = { issuer, audience, jwksUri: `${issuer}/jwks`, tokenSigningAlg: alg, clockTolerance: 60 };
  return auth(options);
}

export function validateHeaders(middleware, headers) {
  const request = { headers, query: {}, method: 'GET', protocol: 'http', url: '/', is: () => false, get: get(headers) };
  return new Promise((resolve, reject) => {
    middleware(request, undefined, (error) => (error ? reject(error) : resolve(request.auth.payload)));
  });
}

function get(headers) {
  return (name) => headers[name.toLowerCase()];
}
