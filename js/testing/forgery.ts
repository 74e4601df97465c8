import { createPublicKey, randomBytes } from 'node:crypto';
import { generateSigningKey } from './keys';
import { createMac } from './signatures';
import { signingInput, signToken, type IssueOptions, type TokenIssuer } from './tokens';

/** Every way `forge` can make a token that an API has to refuse. */
export const FORGERIES = [
  'expired',
  'notYetValid',
  'wrongIssuer',
  'wrongAudience',
  'tampered',
  'algNone',
  'hmacConfusion',
  'unknownKid',
  'wrongKey',
  'missingScope',
] as const;

export type Forgery = (typeof FORGERIES)[number];

/**
 * A JWT with exactly one thing wrong; `options` say what it holds otherwise.
 * Only `missingScope`, a sound token without a `scope` claim, is known to introspection.
 *
 * @throws TypeError for an unknown kind
 */
export async function forgeToken(issuer: TokenIssuer, kind: Forgery, options: IssueOptions = {}): Promise<string> {
  const key = await issuer.keys.current(options.alg ?? issuer.algorithm);
  const claims = issuer.claims(options);
  const now = Math.floor(Date.now() / 1000);
  switch (kind) {
    case 'expired':
      return signToken(key, { ...claims, iat: now - 7200, exp: now - 3600 }, options.header);
    case 'notYetValid':
      return signToken(key, { ...claims, nbf: now + 3600, exp: now + 7200 }, options.header);
    case 'wrongIssuer':
      return signToken(key, { ...claims, iss: 'https://issuer.invalid' }, options.header);
    case 'wrongAudience':
      return signToken(key, { ...claims, aud: 'https://audience.invalid' }, options.header);
    case 'tampered': {
      const [header, , signature] = signToken(key, claims, options.header).split('.');
      const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
      return [header, payload, signature].join('.');
    }
    case 'algNone':
      return `${signingInput({ alg: 'none', typ: 'at+jwt', ...options.header }, claims)}.`;
    case 'hmacConfusion': {
      const input = signingInput({ alg: 'HS256', typ: 'at+jwt', kid: key.kid, ...options.header }, claims);
      const secret = createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });
      return `${input}.${createMac('HS256', secret, input).toString('base64url')}`;
    }
    case 'unknownKid':
      return signToken(key, claims, { ...options.header, kid: randomBytes(16).toString('base64url') });
    case 'wrongKey':
      return signToken(await generateSigningKey(key.alg), claims, { ...options.header, kid: key.kid });
    case 'missingScope':
      return issuer.issue({ ...options, claims: { ...options.claims, scope: undefined }, opaque: false });
    default:
      throw new TypeError(`Unknown kind of forgery '${String(kind)}'`);
  }
}
