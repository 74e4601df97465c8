import { channel } from 'node:diagnostics_channel';

/** Requests that may not pass: `{reason, message, code, status}`. Never a token or a claim value. */
export const refuseChannel = channel('monocloud:backend:refuse');

/** A cache that failed: `{operation: 'get' | 'set' | 'delete' | 'revoke', error}`. */
export const cacheChannel = channel('monocloud:backend:cache');
