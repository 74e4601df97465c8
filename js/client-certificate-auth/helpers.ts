import * as allow from './allow';
import * as authorities from './authorities';
import * as combine from './combine';

export * from './allow';
export * from './authorities';
export * from './combine';
export type { ChainedPeerCertificate, ClientCertRequest, ValidationCallback } from './types';

const loaded = Promise.resolve({ ...allow, ...authorities, ...combine });

/** The same functions: `require` has all there are. */
export function load(): typeof loaded {
  return loaded;
}
