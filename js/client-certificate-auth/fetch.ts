import { extractorOf, overriding } from './shared-extractor';
import type { ExtractionResult, ExtractorOptions } from './types';

export type {
  CertificateHeaderConfig,
  CertificateSource,
  ChainedPeerCertificate,
  ExtractionFailureReason,
  ExtractionResult,
  ExtractorOptions,
  HeaderEncoding,
} from './types';

/** A request of the Fetch API, or what has its headers. */
export interface RequestLike {
  readonly headers: Iterable<readonly [string, string]>;
}

/**
 * The certificate in the headers of a request of the Fetch API, or why there is none. There is no socket to fall back
 * to, and with `trustedProxies` no peer that is known to be one.
 *
 * @throws TypeError or Error when an option is wrong.
 */
export function extractClientCertificateFromRequest(
  request: RequestLike,
  options: Omit<ExtractorOptions, 'fallbackToSocket'>,
): ExtractionResult {
  const extractor = extractorOf(overriding(options, { fallbackToSocket: undefined }));
  return extractor.extract({
    get headers() {
      return linesByName(request);
    },
  });
}

const loaded = Promise.resolve({ extractClientCertificateFromRequest });

/** The same function: `require` has all there is. */
export function load(): typeof loaded {
  return loaded;
}

/** A name that comes twice keeps both values. */
function linesByName({ headers }: RequestLike): Record<string, string[]> {
  const lines = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of headers) {
    (lines[name.toLowerCase()] ??= []).push(value);
  }
  return lines;
}
