import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DetailedPeerCertificate, PeerCertificate } from 'node:tls';
import type { CertificateEncoding, CertificatePreset } from '../certificate/options';

/** A certificate as Node describes it, with the issuers that were presented with it. */
export type ChainedPeerCertificate = PeerCertificate & { issuerCertificate?: ChainedPeerCertificate };

/** A TLS socket, as far as it is looked at. On a plain one nothing of it is there. */
export type ClientCertSocket = Socket & {
  authorized?: boolean;
  authorizationError?: Error | string;
  getPeerCertificate?(detailed?: boolean): PeerCertificate | DetailedPeerCertificate;
};

/** A request over TLS, or one that a proxy has passed on. */
export interface ClientCertRequest extends IncomingMessage {
  socket: ClientCertSocket;
  /** The certificate that was found, before the callback was asked. A new object for every request. */
  clientCertificate?: ChainedPeerCertificate;
}

export type ClientCertResponse = ServerResponse;

/** What `next` gets when a request may not pass. */
export interface HttpError extends Error {
  status?: number | undefined;
}

/** Whether the holder of this certificate may pass: exactly `true`, or a promise of it. */
export type ValidationCallback<Request = ClientCertRequest> = (
  cert: ChainedPeerCertificate,
  req?: Request,
) => boolean | PromiseLike<boolean>;

/** A middleware of Express or Connect. Resolves when `next` has been called. */
export type Middleware = (
  req: ClientCertRequest,
  res: ClientCertResponse,
  next: (error?: HttpError) => void,
) => void | Promise<void>;

/** The form in which a header carries certificates. */
export type HeaderEncoding = CertificateEncoding;

/** The header of a proxy. */
export interface PresetConfig {
  readonly header: string;
  readonly encoding: HeaderEncoding;
  /** The header that carries the issuers. */
  readonly chainHeader?: string;
  /** The issuers follow the certificate in its own header, separated by commas. */
  readonly chainInLeafHeader?: boolean;
  /** The header in which the proxy says that it has verified the certificate, and what it says then. */
  readonly verifyHeader?: string;
  readonly verifyValue?: string;
}

/** The name of a proxy whose header is known. */
export type CertificateSource = Exclude<CertificatePreset, 'aws-api-gateway' | 'aws-lambda'>;

/** Where in the headers the certificate is. */
export interface CertificateHeaderConfig {
  /** The header of a known proxy. */
  certificateSource?: CertificateSource | undefined;
  /** Name of the header, in place of the proxy's. */
  certificateHeader?: string | undefined;
  /** Name of the header that carries the issuers, in place of the proxy's. */
  chainHeader?: string | undefined;
  /** Needed beside `certificateHeader` unless there is a `certificateSource`. */
  headerEncoding?: HeaderEncoding | undefined;
  /** Which element of an X-Forwarded-Client-Cert header with several counts. Default: such a header is refused. */
  xfccElement?: 'first' | 'last' | undefined;
  /**
   * The peers whose header counts: addresses, CIDR blocks, `loopback`, `linklocal`, `uniquelocal`. From any other peer
   * it is absent. Default: everybody's counts, and the process warns once.
   */
  trustedProxies?: string | readonly string[] | undefined;
  /** Whether a certificate that is expired or not yet valid is refused (RFC 5280 section 4.1.2.5). Default: true. */
  checkValidity?: boolean | undefined;
  /** Seconds by which the dates may be missed. Default: 0. */
  clockTolerance?: number | undefined;
}

/** Where the certificate is looked for. Without a header it is that of the TLS socket. */
export interface ExtractorOptions extends CertificateHeaderConfig {
  /** Look at the TLS socket where the header has no certificate. Default: false. */
  fallbackToSocket?: boolean | undefined;
  /**
   * Keep the issuers, linked by `issuerCertificate`. Of a header's, no more are linked than 16 signatures of P-256, 4 of
   * P-384 or 2 of P-521 show. Default: false.
   */
  includeChain?: boolean | undefined;
  /** Name of a header that must hold exactly `verifyValue`, in place of the proxy's. Both or neither. */
  verifyHeader?: string | undefined;
  verifyValue?: string | undefined;
}

/** Options of `clientCertificateAuth`. */
export interface ClientCertificateAuthOptions<Request = ClientCertRequest> extends ExtractorOptions {
  /** Runs after a request has passed, and cannot change it. What it throws is printed. */
  onAuthenticated?: ((cert: ChainedPeerCertificate, req: Request) => unknown) | undefined;
  /** Runs after a request was refused. The certificate is null where none was found. */
  onRejected?:
    | ((cert: ChainedPeerCertificate | null, req: Request, reason: ExtractionFailureReason | (string & {})) => unknown)
    | undefined;
}

/** Why there is no certificate, or none that counts. */
export type ExtractionFailureReason =
  | 'verification_header_mismatch'
  | 'header_missing_or_malformed'
  | 'socket_not_authorized'
  | 'certificate_not_retrievable'
  | 'certificate_expired'
  | 'certificate_not_yet_valid';

export type ExtractionResult =
  | { success: true; certificate: ChainedPeerCertificate; reason: null }
  | { success: false; certificate: null; reason: ExtractionFailureReason };
