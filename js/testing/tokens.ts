import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { KeyRing, SigningKey } from './keys';
import { createSignature, type SigningAlgorithm } from './signatures';

export interface IssueOptions {
  /** Written space separated as `scope`. Default: no `scope` claim. */
  scopes?: string[];
  /** Written as `groups`. Default: no `groups` claim. */
  groups?: (string | { id: string; name: string })[];
  /** More claims; they win over all others, and `undefined` leaves a claim out. */
  claims?: Record<string, unknown>;
  /** Seconds until `exp`; may be negative. Default: 300. */
  expiresIn?: number;
  /** Default: the tenant's `algorithm`. A key for it is made and published when there is none yet. */
  alg?: SigningAlgorithm;
  /** A random string that only introspection understands, instead of a JWT. Default: false. */
  opaque?: boolean;
  /** PEM certificate the token is bound to: `cnf` with `x5t#S256` (RFC 8705 section 3.1). */
  boundTo?: string;
  /** `sub`. Default: 'test-user'. */
  subject?: string;
  /** `client_id`. Default: 'test-client'. */
  clientId?: string;
  /** `kid` of the header in place of the signing key's. */
  kid?: string;
  /** More header parameters; `undefined` leaves one out. */
  header?: Record<string, unknown>;
}

export type Claims = Record<string, unknown>;

export interface TokenIssuer {
  issue(options?: IssueOptions): Promise<string>;
  /** From now on introspection calls the token inactive. A JWT stays valid for those who check it themselves. */
  revoke(token: string): void;
  /** The claims of a token that was issued here and is active now (RFC 7662 section 2.2). */
  active(token: string): Claims | undefined;
  /** The claims that `issue` would write. */
  claims(options: IssueOptions): Claims;
  keys: KeyRing;
  algorithm: SigningAlgorithm;
}

export interface TokenIssuerOptions {
  issuer: string;
  audience: string;
  algorithm: SigningAlgorithm;
  keys: KeyRing;
}

export function createTokenIssuer({ issuer, audience, algorithm, keys }: TokenIssuerOptions): TokenIssuer {
  const issued = new Map<string, Claims>();

  const claims = (options: IssueOptions): Claims => {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: issuer,
      sub: options.subject ?? 'test-user',
      aud: audience,
      client_id: options.clientId ?? 'test-client',
      iat: now,
      exp: now + (options.expiresIn ?? 300),
      jti: randomBytes(16).toString('base64url'),
      scope: options.scopes?.join(' '),
      groups: options.groups,
      cnf: options.boundTo === undefined ? undefined : { 'x5t#S256': certificateThumbprint(options.boundTo) },
      ...options.claims,
    };
  };

  return {
    keys,
    algorithm,
    claims,
    async issue(options = {}) {
      const content = claims(options);
      const token = options.opaque
        ? randomBytes(32).toString('base64url')
        : signToken(await keys.current(options.alg ?? algorithm), content, {
            ...(options.kid === undefined ? {} : { kid: options.kid }),
            ...options.header,
          });
      issued.set(token, content);
      return token;
    },
    revoke(token) {
      issued.delete(token);
    },
    active(token) {
      const content = issued.get(token);
      const now = Date.now() / 1000;
      if (content === undefined) return undefined;
      if (typeof content.exp === 'number' && content.exp <= now) return undefined;
      if (typeof content.nbf === 'number' && content.nbf > now) return undefined;
      return content;
    },
  };
}

/** A JWS in compact form over these claims, typed as a JWT access token (RFC 9068 section 2.1). */
export function signToken(key: SigningKey, claims: Claims, header: Record<string, unknown> = {}): string {
  const input = signingInput({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header }, claims);
  return `${input}.${createSignature(key.alg, key.privateKey, input).toString('base64url')}`;
}

export function signingInput(header: Record<string, unknown>, claims: Claims): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}

/** The SHA-256 thumbprint of a PEM certificate, as in `x5t#S256` (RFC 8705 section 3.1). */
export function certificateThumbprint(certificate: string | Buffer): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
}
