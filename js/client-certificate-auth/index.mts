import clientCertificateAuth from './index.js';

export default clientCertificateAuth;
export { clientCertificateAuth };
export const load = clientCertificateAuth.load;
export type {
  CertificateHeaderConfig,
  CertificateSource,
  ChainedPeerCertificate,
  ClientCertificateAuthOptions,
  ClientCertRequest,
  ClientCertResponse,
  ClientCertSocket,
  ExtractionFailureReason,
  HeaderEncoding,
  HttpError,
  Middleware,
  PresetConfig,
  ValidationCallback,
} from './types.js';
