import { clientCertificateAuth as middleware } from './middleware';
import type * as types from './types';

declare global {
  interface Error {
    /** The HTTP status of an error that was passed to `next`. */
    status?: number | undefined;
  }
}

type Make = typeof middleware;

const clientCertificateAuth = middleware as clientCertificateAuth.ClientCertificateAuth;
const loaded = Promise.resolve(clientCertificateAuth);

Object.assign(middleware, { default: middleware, clientCertificateAuth: middleware, load: () => loaded });

declare namespace clientCertificateAuth {
  /** The function itself, by each of the names that importing and requiring look for. */
  export interface ClientCertificateAuth extends Make {
    readonly default: ClientCertificateAuth;
    readonly clientCertificateAuth: ClientCertificateAuth;
    /** The same function: `require` has all there is. */
    readonly load: () => Promise<ClientCertificateAuth>;
  }
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
