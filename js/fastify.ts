import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MonoCloudBackendNodeClient } from './backend-node-client';
import type { ClientCertAuthOptions } from './certificate/auth-options';
import type { ClientCertificate } from './certificate/client-certificate';
import { CertificateGate } from './certificate/gate';
import { type Admission, Guard, type ProtectApiArguments } from './guard';
import { isThenable } from './thenable';
import type {
  AccessTokenClaims,
  MonoCloudBackendNodeClientOptions,
  ProtectApiRequestOptions,
  ProtectOptions,
} from './types';

export { clientCertificateAuth, type ClientCertFastifyRequest } from './client-certificate-auth/hook';
export type {
  ChainedPeerCertificate,
  ClientCertificateAuthOptions,
  ValidationCallback,
} from './client-certificate-auth/types';
export type { ClientCertAuthOptions, ClientCertHeaderConfig } from './certificate/auth-options';
export type { ClientCertificate } from './certificate/client-certificate';
export * from './public-api';

/** A request that `protect()` has let pass. */
export type AuthenticatedFastifyRequest = FastifyRequest & {
  /** The claims of its access token. */
  claims: AccessTokenClaims;
};

/** A request that `clientCertAuth()` has let pass. */
export type CertifiedFastifyRequest = FastifyRequest & {
  /** The client's certificate. */
  clientCertificate: ClientCertificate;
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
      if (isThenable(admission)) {
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

/**
 * Admits clients by their TLS certificates, presented on the socket or in a proxy's header: an `onRequest` hook of a
 * route or of an instance. A request passes with a certificate that meets the options and finds it in
 * `request.clientCertificate`; any other is answered with 401 or 403, and with 500 when a function of the application
 * throws, as `application/problem+json` (RFC 9457). The reason goes to the diagnostics channel `monocloud:backend:refuse`.
 *
 * @throws TypeError or Error for the first option that is wrong, at once and not at the first request.
 */
export function clientCertAuth(
  options?: ClientCertAuthOptions<FastifyRequest>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const gate = new CertificateGate(options);
  return async (request, reply) => {
    const admission = await gate.admit(request, () => gate.present(request));
    if ('certificate' in admission) {
      Object.assign(request, { [gate.stateKey]: admission.certificate });
      return;
    }
    const { status, headers, body } = admission.problem;
    // A hook that has answered resolves with the reply. To the type of a text Fastify would add a charset.
    return reply.status(status).headers(headers).send(Buffer.from(body)) as unknown as undefined;
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
