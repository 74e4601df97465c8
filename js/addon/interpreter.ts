import { closeSync, openSync, readSync } from 'node:fs';

const PROGRAM_HEADER_SIZE = 56;
const PT_INTERP = 3;

/**
 * The dynamic loader that a 64-bit little-endian ELF file asks for (its `PT_INTERP` segment), such as
 * `/lib64/ld-linux-x86-64.so.2` or `/lib/ld-musl-x86_64.so.1`; undefined for any other file and for static programs.
 */
export function interpreterOf(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    return read(descriptor);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) {
      closeSync(descriptor);
    }
  }
}

function read(descriptor: number): string | undefined {
  const header = bytes(descriptor, 0, 64);
  if (header.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') {
    return undefined;
  }
  const offset = Number(header.readBigUInt64LE(32));
  const count = header.readUInt16LE(56);
  const segments = bytes(descriptor, offset, count * PROGRAM_HEADER_SIZE);
  for (let at = 0; at < segments.length; at += PROGRAM_HEADER_SIZE) {
    if (segments.readUInt32LE(at) === PT_INTERP) {
      const path = bytes(descriptor, Number(segments.readBigUInt64LE(at + 8)), segments.readUInt32LE(at + 32));
      return path.toString('latin1').replace(/\0[^]*$/, '');
    }
  }
  return undefined;
}

function bytes(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(Math.min(length, 1 << 16));
  return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position));
}
