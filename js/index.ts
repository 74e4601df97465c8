export * from './public-api';
export type { MtlsEndpointAliases } from './types';
