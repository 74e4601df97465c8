/**
 * A writer for the parts of DER (ITU-T X.690) that a certificate needs. Every function returns one complete
 * tag-length-value element.
 */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function sequence(...elements: Uint8Array[]): Buffer {
  return element(TAG.sequence, Buffer.concat(elements));
}

export function set(...elements: Uint8Array[]): Buffer {
  return element(TAG.set, Buffer.concat(elements));
}

/** An INTEGER from its unsigned big-endian bytes. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const significant = bytes.findIndex((byte) => byte !== 0);
  const magnitude = Buffer.from(significant === -1 ? [0] : bytes.subarray(significant));
  // X.690 section 8.3: the first bit is the sign, so a leading one is preceded by a zero octet.
  return element(TAG.integer, (magnitude[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude);
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.of(value ? 0xff : 0x00));
}

/** A BIT STRING whose last octet has `unusedBits` bits that do not count. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.of(unusedBits), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return element(TAG.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(TAG.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** A Time: UTCTime for the years 1950 to 2049, GeneralizedTime outside of them (RFC 5280 section 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/u, 'Z')
    .replace(/[-:T]/gu, '');
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : element(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}

/** A context-specific element `[number]`: explicit or constructed by default, primitive for implicit strings. */
export function contextSpecific(
  number: number,
  content: Uint8Array,
  form: 'constructed' | 'primitive' = 'constructed',
) {
  return element(0x80 | (form === 'constructed' ? 0x20 : 0) | number, content);
}

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

// X.690 section 10.1: the shortest definite form.
function length(value: number): Buffer {
  if (value < 0x80) return Buffer.of(value);
  const octets: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.of(0x80 | octets.length, ...octets);
}

function base128(value: number): number[] {
  const octets = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift((rest % 128) | 0x80);
  return octets;
}
