import { X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const COMMON_NAME = 'benchmark-client';

/**
 * Headers as nginx writes `$ssl_client_escaped_cert`: distinct certificates of one client. They differ in their serial
 * number, which no longer fits the signature: a header's certificate has been verified by the proxy.
 */
export function certificateHeaders(count) {
  const { createCertificateAuthority } = require('../dist/testing/index.js');
  const { certificate } = createCertificateAuthority().issueClient({ commonName: COMMON_NAME });
  const { raw, serialNumber } = new X509Certificate(certificate);
  const serial = Buffer.from(serialNumber, 'hex');
  const at = raw.indexOf(serial) + serial.length - 4;
  return Array.from({ length: count }, (_, index) => {
    const der = Buffer.from(raw);
    der.writeUInt32BE(index, at);
    return encodeURIComponent(pemOf(der));
  });
}

function pemOf(der) {
  const lines = der.toString('base64').match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
