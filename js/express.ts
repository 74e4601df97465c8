import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { ServerResponse } from 'node:http';
import type { MonoCloudBackendNodeClient } from './backend-node-client';
import type { ClientCertAuthOptions } from './certificate/auth-options';
import type { ClientCertificate } from './certificate/client-certificate';
import { CertificateGate, type Problem } from './certificate/gate';
import { type Admission, Guard, type ProtectApiArguments } from './guard';
import { isThenable } from './thenable';
import type {
  AccessTokenClaims,
  MonoCloudBackendNodeClientOptions,
  ProtectApiRequestOptions,
  ProtectOptions,
} from './types';

export type { ClientCertAuthOptions, ClientCertHeaderConfig } from './certificate/auth-options';
export type { ClientCertificate } from './certificate/client-certificate';
export * from './public-api';

/** A request that `protect()` has let pass. */
export type AuthenticatedExpressRequest = Request & {
  /** The claims of its access token. */
  claims: AccessTokenClaims;
};

/** A request that `clientCertAuth()` has let pass. */
export type CertifiedExpressRequest = Request & {
  /** The client's certificate. */
  clientCertificate: ClientCertificate;
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
      carryOut(isThenable(admission) ? await admission : admission, request, response, next);
    };
  };
}

/**
 * Admits clients by their TLS certificates, presented on the socket or in a proxy's header. A request passes with a
 * certificate that meets the options and finds it in `request.clientCertificate`; any other is answered with 401 or 403,
 * and with 500 when a function of the application throws, as `application/problem+json` (RFC 9457). The reason goes to
 * the diagnostics channel `monocloud:backend:refuse`.
 *
 * @throws TypeError or Error for the first option that is wrong, at once and not at the first request.
 */
export function clientCertAuth(options?: ClientCertAuthOptions<Request>): RequestHandler {
  const gate = new CertificateGate(options);
  return async (request, response, next) => {
    const admission = await gate.admit(request, () => gate.present(request));
    try {
      if ('problem' in admission) {
        answer(response, admission.problem);
        return;
      }
      Object.assign(request, { [gate.stateKey]: admission.certificate });
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
}

function answer(response: ServerResponse, { status, headers, body }: Problem): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  response.end(body);
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
