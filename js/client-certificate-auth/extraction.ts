import { type HeaderSource, linesOf } from '../certificate/lines';
import { reportCertificate } from '../certificate/reader';
import { certificateSource } from '../certificate/source';
import type { NativeCertificate, NativeCertificateSource } from '../native';
import { certificateObject } from './certificate-object';
import { certificateOf } from './socket';
import type { ExtractionFailureReason, ExtractionResult, ExtractorOptions } from './types';

/** A request, whichever framework made it: its headers and its socket may be missing, or throw when they are read. */
export interface ExtractionRequest extends HeaderSource {
  readonly socket?: unknown;
}

interface Presented {
  readonly certificate?: NativeCertificate;
  /** Why there is no certificate that counts. */
  readonly reason: ExtractionFailureReason;
  /** The same for operators. */
  readonly detail?: string;
  /** The certificate of the TLS socket may stand in. */
  readonly fallback: boolean;
}

/** Finds the certificate of a request. Its options are validated once. */
export class Extractor {
  /** Seconds by which the dates of a certificate may be missed; null when they do not count. */
  readonly tolerance: number | null;
  private readonly source: NativeCertificateSource;
  private readonly names: readonly string[];
  private readonly includeChain: boolean;

  /** @throws TypeError or Error when an option is wrong. */
  constructor(options: ExtractorOptions) {
    this.source = certificateSource(options, 'auth');
    this.names = this.source.names;
    this.tolerance = this.source.tolerance;
    this.includeChain = options.includeChain === true;
  }

  extract(request: ExtractionRequest): ExtractionResult {
    if (this.names.length === 0) return this.fromSocket(request);
    const { certificate, reason, detail, fallback } = this.present(request);
    if (certificate !== undefined) return success(certificateObject(certificate, this.includeChain));
    reportCertificate(detail ?? reason);
    return fallback ? this.fromSocket(request) : failure(reason);
  }

  /** What the headers present: a certificate that counts, or the reason why there is none. */
  present(request: ExtractionRequest): Presented {
    let lines: string[][] | undefined;
    try {
      lines = linesOf(request, this.names);
    } catch {
      // Headers that cannot be read have none of the lines.
    }
    const absent = () => this.names.map(() => []);
    const presented = this.source.read(lines ?? absent(), peerOf(request), Date.now() / 1000);
    const { certificate, detail, fallback } = presented;
    const malformed = 'header_missing_or_malformed';
    if (lines === undefined) return { reason: malformed, detail: 'unreadable', fallback };
    const reason = (presented.reason as ExtractionFailureReason | undefined) ?? malformed;
    return { certificate: presented.reason === undefined ? certificate : undefined, reason, detail, fallback };
  }

  private fromSocket(request: ExtractionRequest): ExtractionResult {
    const found = certificateOf(request, this.includeChain, this.tolerance);
    if (typeof found !== 'string') return success(found);
    reportCertificate(found);
    return failure(found);
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
