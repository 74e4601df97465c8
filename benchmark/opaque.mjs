import { randomBytes } from 'node:crypto';

const LENGTH = 43;

/** Opaque tokens in the bytes they arrive in; each reading makes a string of its own. */
export function opaqueTokens(count) {
  const bytes = Buffer.from(
    Array.from({ length: count }, () => randomBytes(32).toString('base64url')).join(''),
    'latin1',
  );
  let index = -1;
  return () => {
    index = (index + 1) % count;
    return bytes.latin1Slice(index * LENGTH, (index + 1) * LENGTH);
  };
}

/** What introspection needs of a client. */
export const CREDENTIALS = { clientId: 'api', clientSecret: 'secret' };

/** Shows that a contender accepts a token for what it has, and not for a scope that it has not. */
export async function proveOpaque({ name, validate }, token) {
  const claims = await validate(token, { scopes: ['orders:read'] });
  if (claims?.sub === undefined) throw new Error(`${name} gives no claims for an active token`);
  const accepted = await validate(token, { scopes: ['orders:write'] }).then(
    () => true,
    () => false,
  );
  if (accepted) throw new Error(`${name} accepts a token without the scope`);
}
