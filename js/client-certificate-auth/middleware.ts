import { Gate, type Verdict } from './gate';
import type { ClientCertificateAuthOptions, ClientCertRequest, Middleware, ValidationCallback } from './types';

/**
 * Middleware for Express and Connect: a request passes when it has a client certificate, of its TLS socket or of a
 * header that a proxy has set, and the callback answers exactly `true` for it. The certificate is put on
 * `req.clientCertificate`. Any other request goes to `next(error)` with `error.status`: 401, 500 where the socket's
 * certificate could not be had, or the status of what the callback threw. The middleware writes no answer itself.
 *
 * @throws TypeError or Error when the callback or an option is wrong, at once and not at the first request.
 */
export function clientCertificateAuth(
  callback: ValidationCallback,
  options: ClientCertificateAuthOptions = {},
): Middleware {
  const gate = new Gate<ClientCertRequest>(callback, options);
  return (req, _res, next) => {
    // Past this line nothing is caught: what `next` throws belongs to whatever comes after.
    const proceed = (verdict: Verdict) => (verdict === undefined ? next() : next(verdict.error));
    const verdict = gate.admit(req, req);
    return verdict instanceof Promise ? verdict.then(proceed) : proceed(verdict);
  };
}
