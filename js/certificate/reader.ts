import { certificateChannel } from '../diagnostics';
import { native, type NativeCertificate, type NativeCertificateSource } from '../native';
import { eventOf, pemOfEvent } from './event';
import { type HeaderSource, linesOf } from './lines';
import { peerCertificateOf, type PeerSocket } from './socket';
import { certificateSource, type SourceForm } from './source';

/** Node's request, or a framework's around it. */
export interface CertifiedRequest extends HeaderSource {
  readonly raw?: unknown;
  readonly socket?: PeerSocket | null;
}

/** What a request presented. */
export interface Reading {
  certificate?: NativeCertificate;
  /** JSON of a ClientCertificate that is known by text alone. */
  text?: string;
  /** The socket is where it was found; the TLS server has verified it, or has not. */
  authorized?: boolean;
  /** Why there is none that counts. A certificate out of its dates is there beside it. */
  reason?: string;
}

/** Requests that present nothing are nothing to report. */
const SILENT = new Set(['certificate_absent', 'header_absent']);

/** Finds the client's certificate in a request: on its TLS socket, or in the headers of a proxy. */
export class CertificateReader {
  readonly source: NativeCertificateSource;
  readonly #names: string[];
  readonly #tolerance: number | null;
  readonly requireAuthorized: boolean;

  /** @throws TypeError or Error, with the message of the first option that is wrong. */
  constructor(options: unknown, form: SourceForm) {
    this.source = certificateSource(options, form);
    this.#names = this.source.names;
    this.#tolerance = this.source.tolerance ?? null;
    this.requireAuthorized = this.source.requireAuthorized;
  }

  /** Never throws: what can't be read does not count. */
  read(request: CertifiedRequest): Reading {
    try {
      const now = Date.now() / 1000;
      switch (this.source.kind) {
        case 'header':
          return this.#ofHeaders(messageOf(request), now);
        case 'lambda':
          return this.#ofEvent(request, now);
        default:
          return this.#ofSocket(messageOf(request).socket, now);
      }
    } catch {
      return { reason: 'unreadable' };
    }
  }

  #ofHeaders(message: CertifiedRequest, now: number): Reading {
    const { socket } = message;
    const lines = linesOf(message, this.#names);
    const { certificate, text, reason, detail, fallback } = this.source.read(lines, socket?.remoteAddress, now);
    if (!certificate && text === undefined && fallback) {
      return this.#ofSocket(socket, now);
    }
    return { certificate, text, reason: certificate ? reason : (detail ?? reason) };
  }

  #ofSocket(socket: PeerSocket | null | undefined, now: number): Reading {
    const certificate = socket ? peerCertificateOf(socket) : undefined;
    if (!certificate) {
      return { reason: certificate === null ? 'not_a_certificate' : 'certificate_absent' };
    }
    return { certificate, authorized: socket?.authorized === true, reason: this.#datesOf(certificate, now) };
  }

  #ofEvent(request: CertifiedRequest, now: number): Reading {
    const pem = pemOfEvent(eventOf(request));
    if (pem == null || pem === '') {
      return { reason: 'certificate_absent' };
    }
    const certificate = typeof pem === 'string' ? native.nativeParseHeaderValue(pem, 'url-pem') : null;
    return certificate ? { certificate, reason: this.#datesOf(certificate, now) } : { reason: 'not_a_certificate' };
  }

  #datesOf(certificate: NativeCertificate, now: number): string | undefined {
    return this.#tolerance === null ? undefined : (certificate.validity(now, this.#tolerance) ?? undefined);
  }
}

/** Tells operators of a certificate that does not count; callers only learn that there is none. */
export function reportCertificate(reason: string): void {
  if (certificateChannel.hasSubscribers && !SILENT.has(reason)) {
    certificateChannel.publish({ reason });
  }
}

/** Node's own request, which a framework's may have inside. */
function messageOf(request: CertifiedRequest): CertifiedRequest {
  const raw = request.raw as CertifiedRequest | null | undefined;
  return typeof raw === 'object' && raw?.socket ? raw : request;
}
