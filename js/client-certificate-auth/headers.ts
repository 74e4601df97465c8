import { native, type NativeCertificate } from '../native';
import { certificateObject } from './certificate-object';
import { extractorOf, overriding } from './shared-extractor';
import type {
  CertificateHeaderConfig,
  CertificateSource,
  ChainedPeerCertificate,
  HeaderEncoding,
  PresetConfig,
} from './types';

/** How many certificates a header may hold, the issuers included. */
export const MAX_CHAIN_CERTS: number = native.maxChainCertificates();

/** The headers of known proxies, by the names that `certificateSource` takes. */
export const PRESETS: Readonly<Record<CertificateSource, PresetConfig>> = frozen(
  JSON.parse(native.nativeCertificatePresets()) as Record<CertificateSource, PresetConfig>,
);

export interface ParseOptions {
  /** The issuers follow the certificate, separated by commas. Default: false. */
  chainInLeafHeader?: boolean | undefined;
}

/**
 * The certificate in percent-encoded PEM (RFC 3986 section 2.1, RFC 7468), further blocks being its issuers; null for
 * anything else. Dates are not looked at, here and in the other functions that parse a value.
 */
export function parseUrlPem(header: string): ChainedPeerCertificate | null {
  return parse(header, 'url-pem');
}

/** As `parseUrlPem`, with the plus signs that AWS leaves as they are. */
export function parseUrlPemAws(header: string): ChainedPeerCertificate | null {
  return parse(header, 'url-pem-aws');
}

/** The certificate of an X-Forwarded-Client-Cert header with one element, as Envoy sets it. */
export function parseXfcc(header: string): ChainedPeerCertificate | null {
  return parse(header, 'xfcc');
}

/** The certificate in base64 DER (RFC 4648 section 4). */
export function parseBase64Der(header: string, options?: ParseOptions): ChainedPeerCertificate | null {
  return parse(header, 'base64-der', options);
}

/** The certificate in a byte sequence (RFC 9440 section 2.2, RFC 8941 section 3.3.5). */
export function parseRfc9440(header: string): ChainedPeerCertificate | null {
  return parse(header, 'rfc9440');
}

/** The certificate in a header of this encoding. */
export function parseHeaderValue(
  header: string,
  encoding: HeaderEncoding,
  options?: ParseOptions,
): ChainedPeerCertificate | null {
  return parse(header, encoding, options);
}

/** The certificate in PEM (RFC 7468 section 5), further blocks being its issuers; null for anything else. */
export function pemToCertificate(pem: string): ChainedPeerCertificate | null {
  return parse(pem, 'url-pem');
}

/** The certificate in DER, without a byte after it; null for anything else. */
export function derToCertificate(der: Uint8Array): ChainedPeerCertificate | null {
  return der instanceof Uint8Array ? objectOf(native.NativeCertificate.parse(der)) : null;
}

/**
 * The certificate in the headers of a request, with its issuers; null where there is none that counts.
 *
 * @throws TypeError or Error when `config` is wrong.
 */
export function getCertificateFromHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  config: CertificateHeaderConfig,
): ChainedPeerCertificate | null {
  return objectOf(extractorOf(overriding(config, { includeChain: true })).present({ headers }).certificate);
}

function parse(value: unknown, encoding: string, options?: ParseOptions): ChainedPeerCertificate | null {
  if (typeof value !== 'string' || typeof encoding !== 'string') return null;
  return objectOf(native.nativeParseHeaderValue(value, encoding, options?.chainInLeafHeader === true));
}

function objectOf(certificate: NativeCertificate | null | undefined): ChainedPeerCertificate | null {
  return certificate == null ? null : certificateObject(certificate, true);
}

function frozen(presets: Record<CertificateSource, PresetConfig>): Readonly<Record<CertificateSource, PresetConfig>> {
  Object.values(presets).forEach((preset) => Object.freeze(preset));
  return Object.freeze(presets);
}
