import * as headers from './headers';

export * from './headers';
export type {
  CertificateHeaderConfig,
  CertificateSource,
  ChainedPeerCertificate,
  HeaderEncoding,
  PresetConfig,
} from './types';

const loaded = Promise.resolve({ ...headers });

/** The same functions: `require` has all there are. */
export function load(): typeof loaded {
  return loaded;
}
