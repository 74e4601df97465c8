import type { ClientCertificate } from './client-certificate';
import type { CertificateSourceOptions } from './options';

/** A proxy's headers that carry an identity. */
export type ClientCertHeaderConfig = (
  | {
      /** `X-Forwarded-Client-Cert` of Envoy. */
      format: 'xfcc';
      /** Default `x-forwarded-client-cert`. */
      name?: string;
    }
  | {
      /** One header for each part of the identity; at least one of the first five is needed. */
      format: 'structured';
      /**
       * RFC 4514, or `/TYPE=value/…`, in which nothing is escaped: with several common names none counts there, as one may
       * be the text of another attribute.
       */
      subjectDN?: string;
      issuerDN?: string;
      fingerprint?: string;
      serialNumber?: string;
      /** A list with commas. */
      san?: string;
      /** The header that says whether the proxy has verified the certificate; without it none is verified. */
      verify?: string;
      /** What it then says, in any case. Default `SUCCESS`. */
      verifySuccessValue?: string;
    }
) &
  Pick<CertificateSourceOptions, 'trustedProxies' | 'xfccElement' | 'allowTextIdentity'>;

/**
 * Options of `clientCertAuth`. `T` is what the application's own functions are given.
 *
 * The checks come in this order: there is a certificate, `requireVerified`, `checkValidity`, `allowSubjectCNs`,
 * `allowIssuerCNs`, `allowFingerprints`, `allowSANs`, `verify`. A list that is left out admits everybody, an empty one
 * nobody.
 */
export interface ClientCertAuthOptions<T> extends Omit<CertificateSourceOptions, 'source'> {
  /** Default `tls`. */
  source?: CertificateSourceOptions['source'];
  /** The identity comes in a proxy's headers of this form. */
  header?: ClientCertHeaderConfig;
  /** Finds the certificate instead of all sources. */
  resolve?: (context: T) => ClientCertificate | undefined;
  /** The TLS server, or the proxy, must have verified the certificate. Default true. */
  requireVerified?: boolean;
  /** Common names of subjects, exactly. */
  allowSubjectCNs?: readonly string[];
  /** Common names of issuers, exactly. */
  allowIssuerCNs?: readonly string[];
  /** SHA-256 or SHA-512 of the DER in hexadecimal, in any case, with or without colons. */
  allowFingerprints?: readonly string[];
  /** `allowFingerprints` may hold SHA-1 too. Default false. */
  allowSha1?: boolean;
  /** Subject alternative names, exactly: `DNS:svc.example`, or `svc.example` of any type. */
  allowSANs?: readonly string[];
  /** The application's own check; false refuses. */
  verify?: (certificate: ClientCertificate, context: T) => boolean | void | PromiseLike<boolean | void>;
  /** `detail` of the 403. Default `Client certificate not permitted`. */
  message?: string;
  /** Where the certificate is put. Default `clientCertificate`. */
  stateKey?: string;
}
