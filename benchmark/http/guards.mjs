import { createRequire } from 'node:module';
import { OURS, prepare } from '../contenders/index.mjs';
import { createClient } from '../contenders/this-package.mjs';
import { createMiddleware, validateHeaders } from '../contenders/oauth2-jwt-bearer.mjs';

const require = createRequire(import.meta.url);

const SCOPE = 'orders:read';

export const UNGUARDED = 'no guard';
export const UNGUARDED_AGAIN = 'no guard (again)';
export const BEARER = 'express-oauth2-jwt-bearer';
export const FASTIFY_JWT = '@fastify/jwt';

/** Every guard wants a valid token with one scope, and leaves the claims on the request. */
export async function fastifyHook(name, context, app) {
  if (name === UNGUARDED || name === UNGUARDED_AGAIN) return undefined;
  if (name === OURS) {
    return require('../../dist/fastify.js').protectApi(createClient(context))({ scopes: [SCOPE] });
  }
  if (name === FASTIFY_JWT) return fastifyJwtHook(context, app);
  const validate = await validator(name, context);
  return async (request, reply) => {
    try {
      request.claims = await validate(request.headers);
    } catch {
      return reply
        .code(401)
        .header('WWW-Authenticate', 'Bearer error="invalid_token"')
        .send({ message: 'unauthorized' });
    }
  };
}

export async function expressMiddleware(name, context) {
  if (name === UNGUARDED || name === UNGUARDED_AGAIN) return (_request, _response, next) => next();
  if (name === OURS) {
    return require('../../dist/express.js').protectApi(createClient(context))({ scopes: [SCOPE] });
  }
  if (name === BEARER) return bearerMiddleware(context);
  const validate = await validator(name, context);
  return async (request, response, next) => {
    try {
      request.claims = await validate(request.headers);
    } catch {
      response.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').json({ message: 'unauthorized' });
      return;
    }
    next();
  };
}

async function fastifyJwtHook({ issuer, audience, pems }, app) {
  const verify = { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience, clockTolerance: 60_000 };
  await app.register(require('@fastify/jwt'), {
    secret: { public: pems.RS256 },
    verify: { ...verify, cache: 10_000 },
  });
  return async (request, reply) => {
    try {
      checkScope(await request.jwtVerify());
    } catch {
      return reply.code(401).send({ message: 'unauthorized' });
    }
  };
}

function bearerMiddleware(context) {
  const { requiredScopes } = require('express-oauth2-jwt-bearer');
  return [createMiddleware(context, 'RS256'), requiredScopes(SCOPE)];
}

/** For those that are no guards themselves: from the headers to the claims. */
async function validator(name, context) {
  if (name === BEARER) {
    const middleware = createMiddleware(context, 'RS256');
    return async (headers) => checkScope(await validateHeaders(middleware, headers));
  }
  const { validate } = await prepare(name, context, 'RS256');
  return async ({ authorization }) => {
    if (!authorization?.startsWith('Bearer ')) throw new Error('No token');
    return checkScope(await validate(authorization.slice(7)));
  };
}

function checkScope(claims) {
  if (!claims.scope.split(' ').includes(SCOPE)) throw new Error('Scope');
  return claims;
}
