import { native, type NativeCertificateSource } from '../native';

export type SourceForm = Parameters<typeof native.NativeCertificateSource.create>[1];

/**
 * Where certificates come from, by the options of the function that `form` names.
 *
 * @throws TypeError or Error, with the message of the first option that is wrong.
 */
export function certificateSource(options: unknown, form: SourceForm): NativeCertificateSource {
  const source = native.NativeCertificateSource.create(options, form);
  if ('message' in source) {
    throw source.kind === 'type' ? new TypeError(source.message) : new Error(source.message);
  }
  if (source.warn) warnOfForgeries();
  return source;
}

let hasWarned = false;

/** Once in a process: the header of a certificate is as good as whoever can set it. */
function warnOfForgeries(): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    'A certificate is read from a header that anybody who can reach this port can send. ' +
      'Set trustedProxies to the addresses of the proxies that set it, such as ["10.0.0.0/8"] or ["loopback"].',
    { code: 'MONOCLOUD_TRUSTED_PROXIES' },
  );
}
