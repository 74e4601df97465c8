import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { MonoCloudBackendNodeClient } from './backend-node-client';
import { type Admission, Guard, type ProtectApiArguments } from './guard';
import type {
  AccessTokenClaims,
  MonoCloudBackendNodeClientOptions,
  ProtectApiRequestOptions,
  ProtectOptions,
} from './types';

export * from './public-api';

/** A request that `protect()` has let pass. */
export type AuthenticatedExpressRequest = Request & {
  /** The claims of its access token. */
  claims: AccessTokenClaims;
};

/** Makes the middleware of a route. */
export type ProtectMiddleware = (options?: ProtectOptions) => RequestHandler;

/**
 * Guards Express routes. A request passes with a valid access token and finds its claims in `request.claims`; any other
 * is answered with 401, 403 or 5xx as RFC 6750 section 3 has it.
 *
 * @throws MonoCloudValidationError when the options of the client are wrong, at once and not at the first request.
 */
export function protectApi(
  client: MonoCloudBackendNodeClient,
  options?: ProtectApiRequestOptions<Request>,
): ProtectMiddleware;
export function protectApi(
  options?: Partial<MonoCloudBackendNodeClientOptions> & ProtectApiRequestOptions<Request>,
): ProtectMiddleware;
export function protectApi(...args: ProtectApiArguments<Request>): ProtectMiddleware {
  const guard = new Guard<Request>(args);
  return (options) => {
    const route = guard.compile(options);
    return async (request, response, next) => {
      const admission = guard.admit(request, route);
      carryOut(admission instanceof Promise ? await admission : admission, request, response, next);
    };
  };
}

function carryOut(admission: Admission, request: Request, response: Response, next: NextFunction): void {
  if ('claims' in admission) {
    (request as AuthenticatedExpressRequest).claims = admission.claims;
    next();
    return;
  }
  const { status, challenge, message, retryAfter } = admission.answer;
  try {
    if (challenge !== undefined) {
      response.set('WWW-Authenticate', challenge);
    }
    if (retryAfter !== undefined) {
      response.set('Retry-After', String(retryAfter));
    }
    response.status(status).json({ message });
  } catch (error) {
    next(error);
  }
}
