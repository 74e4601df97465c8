import { linesOf, type HeaderSource } from '../certificate/lines';
import { certificateSource } from '../certificate/source';
import type { NativeCertificateSource } from '../native';
import { certificateObject } from './certificate-object';
import { certificateOf } from './socket';
import type { ExtractionFailureReason, ExtractionResult, ExtractorOptions } from './types';

/** A request, whichever framework made it: its headers and its socket may be missing, or throw when they are read. */
export interface ExtractionRequest extends HeaderSource {
  readonly socket?: unknown;
}

/** Finds the certificate of a request. Its options are validated once. */
export class Extractor {
  private readonly source: NativeCertificateSource;
  private readonly names: readonly string[];
  private readonly includeChain: boolean;

  /** @throws TypeError or Error when an option is wrong. */
  constructor(options: ExtractorOptions) {
    this.source = certificateSource(options, 'auth');
    this.names = this.source.names;
    this.includeChain = options.includeChain === true;
  }

  extract(request: ExtractionRequest): ExtractionResult {
    if (this.names.length === 0) return this.fromSocket(request);
    const lines = this.linesOf(request);
    const presented = this.source.read(lines ?? this.names.map(() => []), peerOf(request), Date.now() / 1000);
    const { certificate, fallback } = presented;
    const reason = lines === undefined ? 'header_missing_or_malformed' : presented.reason;
    if (certificate !== undefined && reason === undefined) {
      return success(certificateObject(certificate, this.includeChain));
    }
    if (fallback) return this.fromSocket(request);
    return failure((reason as ExtractionFailureReason | undefined) ?? 'header_missing_or_malformed');
  }

  /** Nothing where the headers cannot be read. */
  private linesOf(request: ExtractionRequest): string[][] | undefined {
    try {
      return linesOf(request, this.names);
    } catch {
      return undefined;
    }
  }

  private fromSocket(request: ExtractionRequest): ExtractionResult {
    const found = certificateOf(request, this.includeChain, this.source.tolerance);
    return typeof found === 'string' ? failure(found) : success(found);
  }
}

function peerOf(request: ExtractionRequest): string | undefined {
  try {
    const address = (request.socket as { remoteAddress?: unknown } | undefined)?.remoteAddress;
    return typeof address === 'string' ? address : undefined;
  } catch {
    return undefined;
  }
}

function success(certificate: Extract<ExtractionResult, { success: true }>['certificate']): ExtractionResult {
  return { success: true, certificate, reason: null };
}

function failure(reason: ExtractionFailureReason): ExtractionResult {
  return { success: false, certificate: null, reason };
}
