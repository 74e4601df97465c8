import { createClient } from './contenders/this-package.mjs';

/** Whether this build keeps verdicts: an option that exists is checked. */
export function keepsVerdicts(context) {
  try {
    createClient(context, { jwtCache: { maxEntries: 'many' } });
    return false;
  } catch {
    return true;
  }
}
