import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gate } from './gate';
import type { ChainedPeerCertificate, ClientCertificateAuthOptions, HttpError, ValidationCallback } from './types';

/** A request that `clientCertificateAuth()` has looked at. */
export type ClientCertFastifyRequest = FastifyRequest & {
  /** The certificate that was found. A new object for every request. */
  clientCertificate?: ChainedPeerCertificate;
};

/**
 * `onRequest` hook: a request passes when it has a client certificate, of its TLS socket or of a header that a proxy
 * has set, and the callback answers exactly `true` for it. The certificate is put on `request.clientCertificate`. Any
 * other request is answered with 401 and `{ "message": … }`, or with 500 where the socket's certificate could not be
 * had. What the callback throws goes to the application's error handler, with the status 401 if it has none.
 *
 * @throws TypeError or Error when the callback or an option is wrong, at once and not at the first request.
 */
export function clientCertificateAuth(
  callback: ValidationCallback<ClientCertFastifyRequest>,
  options: ClientCertificateAuthOptions<ClientCertFastifyRequest> = {},
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const gate = new Gate(callback, options);
  return async (request, reply) => {
    const verdict = await gate.admit(request, request.raw);
    if (verdict === undefined) return;
    const { error, thrown } = verdict;
    if (thrown) throw forFastify(error);
    // A hook that has answered resolves with the reply.
    return reply.status(error.status ?? 401).send({ message: error.message }) as unknown as undefined;
  };
}

/** Error handlers of Fastify look for `statusCode`. An error that takes none has its `status`, which Fastify knows too. */
function forFastify(error: HttpError & { statusCode?: number }): HttpError {
  if (error.statusCode === undefined && Object.isExtensible(error)) error.statusCode = error.status;
  return error;
}
