import { type ClientCertificate, clientCertificateOf } from '../certificate/client-certificate';
import type { CertificateSourceOptions } from '../certificate/options';
import { native } from '../native';

/**
 * The certificate in a value of Envoy's `X-Forwarded-Client-Cert`, as `verified`; undefined when it has none that counts:
 * several elements without `xfccElement`, an element without `Cert` unless `allowTextIdentity`, anything contradictory.
 * Dates are not checked.
 */
export function parseForwardedClientCert(
  value: string | null | undefined,
  { xfccElement, allowTextIdentity }: Pick<CertificateSourceOptions, 'xfccElement' | 'allowTextIdentity'> = {},
): ClientCertificate | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const { certificate, text } = native.nativeParseForwarded(value, xfccElement, allowTextIdentity === true);
  const json = certificate?.normalized(true) ?? text;
  return json == null ? undefined : clientCertificateOf(json);
}
