import { extractorOf } from './shared-extractor';
import type { ClientCertRequest, ExtractionResult, ExtractorOptions } from './types';

export type {
  CertificateHeaderConfig,
  CertificateSource,
  ChainedPeerCertificate,
  ClientCertRequest,
  ExtractionFailureReason,
  ExtractionResult,
  ExtractorOptions,
  HeaderEncoding,
} from './types';

/**
 * The certificate of a request, or why there is none, as `clientCertificateAuth` finds it. Also for the request of an
 * upgrade.
 *
 * @throws TypeError or Error when an option is wrong.
 */
export function extractClientCertificate(req: ClientCertRequest, options: ExtractorOptions = {}): ExtractionResult {
  return extractorOf(options).extract(req);
}

/** @throws TypeError or Error with the message of the first option that is wrong. */
export function validateExtractorOptions(options: ExtractorOptions = {}): void {
  extractorOf(options);
}

const loaded = Promise.resolve({ extractClientCertificate, validateExtractorOptions });

/** The same functions: `require` has all there are. */
export function load(): typeof loaded {
  return loaded;
}
