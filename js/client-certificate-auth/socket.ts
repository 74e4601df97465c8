import { native } from '../native';
import type { ChainedPeerCertificate, ExtractionFailureReason } from './types';

interface PeerSocket {
  authorized?: unknown;
  getPeerCertificate?(detailed: boolean): unknown;
}

/**
 * The certificate of the TLS peer, which the server must have authorised, or why there is none. A socket that throws
 * has none. `tolerance` is in seconds; without one the dates do not count.
 */
export function certificateOf(
  request: { readonly socket?: unknown },
  includeChain: boolean,
  tolerance: number | null,
): ChainedPeerCertificate | ExtractionFailureReason {
  const socket = attempt(() => request.socket as PeerSocket | null | undefined);
  if (attempt(() => socket?.authorized) !== true) return 'socket_not_authorized';
  const certificate = attempt(() => socket?.getPeerCertificate?.(includeChain));
  if (!isCertificate(certificate)) return 'certificate_not_retrievable';
  const reason = tolerance === null ? null : validityOf(certificate, Date.now() / 1000, tolerance);
  return reason ?? certificate;
}

/** Node answers an empty object, or null on a closed socket, where there is no certificate. */
function isCertificate(value: unknown): value is ChainedPeerCertificate {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** The dates are text that OpenSSL has written, to the second. With one that is no date it is not valid. */
function validityOf(
  { valid_from, valid_to }: Partial<ChainedPeerCertificate>,
  now: number,
  tolerance: number,
): ExtractionFailureReason | null {
  const start = secondsOf(valid_from, -Infinity);
  const end = secondsOf(valid_to, Infinity);
  return native.validityOfDates(start, end, now, tolerance) as ExtractionFailureReason | null;
}

function secondsOf(text: unknown, absent: number): number {
  if (text == null) return absent;
  return typeof text === 'string' ? Date.parse(text) / 1000 : NaN;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
