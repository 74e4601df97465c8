import type { ClientCertificate } from '../certificate/client-certificate';

/** A certificate, or what finds it when it is first asked for. */
export type ClientCertificateSource = ClientCertificate | (() => ClientCertificate | undefined);

/** Where DaloyJS keeps it. */
const KEY = Symbol.for('daloyjs.clientCertificate');

/** Keeps the client's certificate with its request; undefined forgets it. */
export function setClientCertificate(request: object, certificate: ClientCertificateSource | undefined): void {
  Object.defineProperty(request, KEY, { value: certificate, configurable: true, writable: true, enumerable: false });
}

/** The certificate kept with a request. A function is asked once. */
export function getClientCertificate(request: object): ClientCertificate | undefined {
  const kept = (request as { [KEY]?: ClientCertificateSource })[KEY];
  if (typeof kept !== 'function') {
    return kept;
  }
  const certificate = kept();
  setClientCertificate(request, certificate);
  return certificate;
}
