import type { CertificateSourceOptions } from './options';
import { makeResolver, PresentedCertificate } from './presented';
import { CertificateReader, type CertifiedRequest, reportCertificate } from './reader';

/** Options of `clientCertificateResolver`: `source`, or `certificateHeader` with `headerEncoding`, is needed. */
export interface ClientCertificateResolverOptions extends CertificateSourceOptions {
  /** Of the socket's certificates only those count that the TLS server has verified. Default true. */
  requireAuthorized?: boolean;
}

/**
 * Makes the `certificateResolver` of `protectApi`, for requests of Express, Fastify and `node:http`. It finds the client's
 * certificate on the TLS socket or in a proxy's header; undefined when there is none that counts, and the reason goes to
 * the diagnostics channel `monocloud:backend:certificate`. Called by others it gives PEM.
 *
 * @throws TypeError or Error for the first option that is wrong, at once.
 */
export function clientCertificateResolver(
  options: ClientCertificateResolverOptions,
): (request: object) => string | undefined {
  const reader = new CertificateReader(options, 'resolver');
  return makeResolver((request: object) => {
    const { certificate, authorized, reason } = reader.read(request as CertifiedRequest);
    const refused = reason ?? unusable(certificate !== undefined, authorized !== false || !reader.requireAuthorized);
    if (refused === undefined && certificate) {
      return new PresentedCertificate(certificate);
    }
    reportCertificate(refused ?? 'certificate_absent');
    return undefined;
  });
}

/** RFC 8705 section 3.1 binds a token to the octets of a certificate: a name alone binds nothing. */
function unusable(isCertificate: boolean, isAuthorized: boolean): string | undefined {
  if (!isCertificate) {
    return 'text_identity_cannot_bind';
  }
  return isAuthorized ? undefined : 'socket_not_authorized';
}
