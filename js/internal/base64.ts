/** Bytes in any of the forms that the platform hands out. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** Encodes the UTF-8 bytes of `input` as padded base64 (RFC 4648 section 4). */
export function encodeBase64(input: string): string {
  return Buffer.from(input, 'utf8').toString('base64');
}

/** Encodes bytes, or the UTF-8 bytes of a string, as unpadded base64url (RFC 4648 section 5, RFC 7515 section 2). */
export function encodeBase64Url(input: string | Bytes): string {
  return toBuffer(input).toString('base64url');
}

/** Encodes bytes as unpadded base64url, like {@link encodeBase64Url}. */
export function arrayBufferToBase64(buffer: string | Bytes): string {
  return encodeBase64Url(buffer);
}

/**
 * Decodes base64url or base64, padded or not, to a binary string: one character (U+0000 to U+00FF) per byte.
 * White space is removed after the padding was computed.
 *
 * @throws DOMException `InvalidCharacterError` when the text is not base64.
 */
export function decodeBase64Url(input: string): string {
  return atob(fromB64Url(input).replace(/\s/g, ''));
}

/** Translates base64 to the base64url alphabet and strips `=`; nothing is encoded. */
export function toB64Url(input: string): string {
  return input.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

/** Translates base64url to the base64 alphabet and pads with `=` to a multiple of four; nothing is decoded. */
export function fromB64Url(input: string): string {
  const translated = input.replace(/-/g, '+').replace(/_/g, '/');
  return translated.padEnd(Math.ceil(translated.length / 4) * 4, '=');
}

/** The UTF-8 bytes of `input`; lone surrogates become U+FFFD. */
export function stringToArrayBuffer(input: string): Uint8Array {
  return Uint8Array.from(Buffer.from(input, 'utf8'));
}

/** Decodes UTF-8 bytes, a leading byte order mark included; invalid sequences become U+FFFD. */
export function arrayBufferToString(buffer: Bytes): string {
  return toBuffer(buffer).toString('utf8');
}

function toBuffer(input: string | Bytes): Buffer {
  if (typeof input === 'string') {
    return Buffer.from(input, 'utf8');
  }
  return ArrayBuffer.isView(input) ? Buffer.from(input.buffer, input.byteOffset, input.byteLength) : Buffer.from(input);
}
