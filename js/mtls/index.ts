export type { ClientCertAuthOptions, ClientCertHeaderConfig } from '../certificate/auth-options';
export type { ClientCertificate } from '../certificate/client-certificate';
export type { CertificateEncoding, CertificatePreset, CertificateSourceOptions } from '../certificate/options';
export { clientCertificateResolver, type ClientCertificateResolverOptions } from '../certificate/resolver';
export { parseForwardedClientCert } from './forwarded-certificate';
export { clientCertAuth, type ClientCertAuthContext, type ClientCertAuthHooks } from './hooks';
export { normalizePeerCertificate, type PeerCertificateLike } from './peer-certificate';
export { type ClientCertificateSource, getClientCertificate, setClientCertificate } from './stored-certificate';
