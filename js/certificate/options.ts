/** Proxies whose header, or event, carries the client's certificate. */
export type CertificatePreset =
  | 'apache'
  | 'apache-rfc9440'
  | 'aws-alb'
  | 'aws-alb-verify'
  | 'aws-api-gateway'
  | 'aws-lambda'
  | 'azure-app-service'
  | 'caddy'
  | 'caddy-rfc9440'
  | 'cloudflare'
  | 'cloudflare-rfc9440'
  | 'envoy'
  | 'google-cloud'
  | 'haproxy'
  | 'haproxy-rfc9440'
  | 'istio'
  | 'nginx'
  | 'rfc9440'
  | 'traefik';

/** How a header's value carries a certificate. `rfc9440`: the byte sequence of `Client-Cert` (RFC 9440 section 2). */
export type CertificateEncoding = 'url-pem' | 'url-pem-aws' | 'xfcc' | 'base64-der' | 'rfc9440';

/** Where the client's certificate is found, and which one counts. */
export interface CertificateSourceOptions {
  /** `tls`: the socket of the request. A proxy's name: the header that it sets. */
  source?: 'tls' | CertificatePreset;
  /** The header that carries the certificate; needs `headerEncoding`, unless `source` names a proxy. */
  certificateHeader?: string;
  headerEncoding?: CertificateEncoding;
  /** The header that carries its issuers. */
  chainHeader?: string;
  /** The header in which the proxy says whether it has verified the certificate; needs `verifyValue`. */
  verifyHeader?: string;
  /** What `verifyHeader` must say, exactly. */
  verifyValue?: string;
  /**
   * Addresses, CIDR blocks and the names `loopback`, `linklocal`, `uniquelocal` of the peers whose headers count; a
   * header from any other peer is absent. Left out: everybody's count, with one warning of the process.
   */
  trustedProxies?: string | readonly string[];
  /** The socket's certificate stands in when the header brings none. Default false. */
  fallbackToSocket?: boolean;
  /** Which element of an `X-Forwarded-Client-Cert` with several counts. Without it such a header is refused. */
  xfccElement?: 'first' | 'last';
  /** Accept an XFCC element that names an identity without its certificate. It can never bind a token. Default false. */
  allowTextIdentity?: boolean;
  /** Refuse certificates that are out of their dates. Default true. */
  checkValidity?: boolean;
  /** Seconds granted on both ends of the dates. Default 0. */
  clockTolerance?: number;
}
