export * from './public-api';
export type { MtlsEndpointAliases } from './types';
export { authenticateUpgrade, type AuthenticateUpgradeOptions, type UpgradeAdmission, UpgradeRefusal } from './upgrade';
