import { clientCertificateAuth as middleware } from './middleware';
import type * as types from './types';

declare global {
  interface Error {
    /** The HTTP status of an error that was passed to `next`. */
    status?: number | undefined;
  }
}

type ClientCertificateAuth = typeof middleware;

const loaded: Promise<ClientCertificateAuth> = Promise.resolve(middleware);

const clientCertificateAuth = Object.assign(middleware, {
  default: middleware,
  clientCertificateAuth: middleware,
  /** The same function: `require` has all there is. */
  load: (): Promise<ClientCertificateAuth> => loaded,
});

declare namespace clientCertificateAuth {
  export type CertificateHeaderConfig = types.CertificateHeaderConfig;
  export type CertificateSource = types.CertificateSource;
  export type ChainedPeerCertificate = types.ChainedPeerCertificate;
  export type ClientCertRequest = types.ClientCertRequest;
  export type ClientCertResponse = types.ClientCertResponse;
  export type ClientCertSocket = types.ClientCertSocket;
  export type ExtractionFailureReason = types.ExtractionFailureReason;
  export type HeaderEncoding = types.HeaderEncoding;
  export type HttpError = types.HttpError;
  export type Middleware = types.Middleware;
  export type PresetConfig = types.PresetConfig;
  export type ClientCertificateAuthOptions<Request = types.ClientCertRequest> =
    types.ClientCertificateAuthOptions<Request>;
  export type ValidationCallback<Request = types.ClientCertRequest> = types.ValidationCallback<Request>;
}

export = clientCertificateAuth;
