/** Building blocks of the SDK that its users may share: encodings, digests, URLs, scopes, verification keys. */
export {
  arrayBufferToBase64,
  arrayBufferToString,
  decodeBase64Url,
  encodeBase64,
  encodeBase64Url,
  fromB64Url,
  stringToArrayBuffer,
  toB64Url,
} from './base64';
export { hashTokenValue, randomBytes, sha256, timingSafeEqual, validateTokenHash } from './digest';
export { profileSync } from './profile';
export { findToken, parseSpaceSeparated, parseSpaceSeparatedSet, setsEqual } from './scope';
export { ensureLeadingSlash, isAbsoluteUrl, isSameHost, removeTrailingSlash } from './url';
export { getBoolean, getNumber, isJsonObject, isPresent, now, parseClientSecret } from './values';
export { getPublicSigKeyFromIssuerJwks } from './verification-key';
