import { pemOfEvent } from '../certificate/event';
import { native } from '../native';
import { certificateObject } from './certificate-object';
import { extractorOf } from './shared-extractor';
import type { CertificateHeaderConfig, ChainedPeerCertificate } from './types';

export type { ChainedPeerCertificate } from './types';

/** What API Gateway says about the certificate of the client. */
export interface LambdaClientCert {
  clientCertPem?: string | null | undefined;
  [member: string]: unknown;
}

/** An event of API Gateway with mutual TLS, format 1.0 or 2.0. */
export interface LambdaEventWithClientCert {
  requestContext?:
    | {
        /** Format 2.0; it wins. */
        authentication?: { clientCert?: LambdaClientCert | null | undefined } | null | undefined;
        /** Format 1.0. */
        identity?: { clientCert?: LambdaClientCert | null | undefined } | null | undefined;
      }
    | null
    | undefined;
}

export type LambdaExtractionFailureReason =
  | 'lambda_event_missing_clientcert'
  | 'lambda_event_clientcert_malformed'
  | 'certificate_expired'
  | 'certificate_not_yet_valid';

export type LambdaExtractionResult =
  | { success: true; certificate: ChainedPeerCertificate; reason: null }
  | { success: false; certificate: null; reason: LambdaExtractionFailureReason };

/**
 * The certificate of the client in an event of API Gateway, or why there is none.
 *
 * @throws TypeError or Error when an option is wrong.
 */
export function extractClientCertificateFromLambdaEvent(
  event: LambdaEventWithClientCert | null | undefined,
  options: Pick<CertificateHeaderConfig, 'checkValidity' | 'clockTolerance'> = {},
): LambdaExtractionResult {
  const { tolerance } = extractorOf(options);
  const pem = pemOfEvent(event);
  if (pem == null || pem === '') return failure('lambda_event_missing_clientcert');
  const certificate = typeof pem === 'string' ? native.nativeParseHeaderValue(pem, 'url-pem') : null;
  if (certificate === null) return failure('lambda_event_clientcert_malformed');
  const reason = tolerance === null ? null : certificate.validity(Date.now() / 1000, tolerance);
  if (reason !== null) return failure(reason as LambdaExtractionFailureReason);
  return { success: true, certificate: certificateObject(certificate, false), reason: null };
}

const loaded = Promise.resolve({ extractClientCertificateFromLambdaEvent });

/** The same function: `require` has all there is. */
export function load(): typeof loaded {
  return loaded;
}

function failure(reason: LambdaExtractionFailureReason): LambdaExtractionResult {
  return { success: false, certificate: null, reason };
}
