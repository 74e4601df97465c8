/** Tools for applications that sign users in: sealed sessions, authorization requests and responses, groups. */
export { generateNonce, generatePKCE, generateState, parseCallbackParams } from './authorization';
export type { CallbackParams, PKCE } from './authorization';
export { isUserInGroup, mergeArrays } from './groups';
export { decrypt, encrypt } from './sealing';
export { decryptAuthState, decryptSession, encryptAuthState, encryptSession } from './session';
