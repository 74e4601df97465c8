import { X509Certificate } from 'node:crypto';
import { createCertificateAuthority } from '../../dist/testing/index.js';

export const authority = createCertificateAuthority();

/** The value of a header that carries a certificate, by encoding. */
export const ENCODED = {
  'url-pem': (pem) => encodeURIComponent(pem),
  'url-pem-aws': (pem) => encodeURIComponent(pem).replaceAll('%2B', '+').replaceAll('%3D', '=').replaceAll('%2F', '/'),
  xfcc: (pem) => `Hash=${sha256(pem)};Cert="${encodeURIComponent(pem)}";Subject="CN=svc-a";URI=`,
  'base64-der': (pem) => new X509Certificate(pem).raw.toString('base64'),
  rfc9440: (pem) => `:${new X509Certificate(pem).raw.toString('base64')}:`,
};

/** A request as Node makes it, with these headers and what a TLS socket knows. */
export function requestWith(headers = {}, socket = {}) {
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, line]));
  const joined = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]);
  return { headers: Object.fromEntries(joined), rawHeaders, socket: { remoteAddress: '127.0.0.1', ...socket } };
}

/** A TLS socket whose peer was authorised with this certificate, PEM. */
export function socketWith(pem) {
  return { authorized: true, getPeerCertificate: () => new X509Certificate(pem).toLegacyObject() };
}

function sha256(pem) {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}
