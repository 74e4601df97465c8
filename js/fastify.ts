import type { FastifyReply, FastifyRequest } from 'fastify';
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
export type AuthenticatedFastifyRequest = FastifyRequest & {
  /** The claims of its access token. */
  claims: AccessTokenClaims;
};

/** Makes the `onRequest` hook of a route. */
export type ProtectHook = (options?: ProtectOptions) => (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Guards Fastify routes. A request passes with a valid access token and finds its claims in `request.claims`; any other
 * is answered with 401, 403 or 5xx as RFC 6750 section 3 has it.
 *
 * @throws MonoCloudValidationError when the options of the client are wrong, at once and not at the first request.
 */
export function protectApi(
  client: MonoCloudBackendNodeClient,
  options?: ProtectApiRequestOptions<FastifyRequest>,
): ProtectHook;
export function protectApi(
  options?: Partial<MonoCloudBackendNodeClientOptions> & ProtectApiRequestOptions<FastifyRequest>,
): ProtectHook;
export function protectApi(...args: ProtectApiArguments<FastifyRequest>): ProtectHook {
  const guard = new Guard<FastifyRequest>(args);
  return (options) => {
    const route = guard.compile(options);
    const hook = (request: FastifyRequest, reply: FastifyReply, done?: () => void) => {
      const admission = guard.admit(request, route);
      if (admission instanceof Promise) {
        return admission.then((settled) => carryOut(settled, request, reply));
      }
      if ('claims' in admission && done) {
        (request as AuthenticatedFastifyRequest).claims = admission.claims;
        return done();
      }
      return carryOut(admission, request, reply);
    };
    return hook as ReturnType<ProtectHook>;
  };
}

async function carryOut(admission: Admission, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if ('claims' in admission) {
    (request as AuthenticatedFastifyRequest).claims = admission.claims;
    return;
  }
  const { status, challenge, message, retryAfter } = admission.answer;
  if (challenge !== undefined) {
    reply.header('WWW-Authenticate', challenge);
  }
  if (retryAfter !== undefined) {
    reply.header('Retry-After', String(retryAfter));
  }
  // A hook that has answered resolves with the reply.
  return reply.status(status).send({ message }) as unknown as undefined;
}
