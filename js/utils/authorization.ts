import { randomBytes, sha256 } from '../internal/digest';

/** A proof key: the verifier that the client keeps and its S256 challenge (RFC 7636 section 4), 43 characters each. */
export interface PKCE {
  codeVerifier: string;
  codeChallenge: string;
}

/** The parameters of an authorization response (RFC 6749 sections 4.1.2 and 4.2.2); absent ones are `undefined`. */
export interface CallbackParams {
  state: string | undefined;
  accessToken: string | undefined;
  idToken: string | undefined;
  refreshToken: string | undefined;
  sessionState: string | undefined;
  /** Lifetime of the access token in seconds; `NaN` when the parameter is not a number. */
  expiresIn: number | undefined;
  code: string | undefined;
  scope: string | undefined;
  error: string | undefined;
  errorDescription: string | undefined;
}

/** A `state` value (RFC 6749 section 10.12): 32 random bytes as 43 characters of base64url. */
export function generateState(): string {
  return randomBytes();
}

/** A `nonce` value (OpenID Connect Core 1.0 section 15.5.2): 32 random bytes as 43 characters of base64url. */
export function generateNonce(): string {
  return randomBytes();
}

/** A new code verifier of 32 random bytes and its S256 code challenge (RFC 7636 sections 4.1 and 4.2). */
export async function generatePKCE(): Promise<PKCE> {
  const codeVerifier = randomBytes();
  return { codeVerifier, codeChallenge: await sha256(codeVerifier) };
}

/**
 * Reads the parameters of an authorization response. Of a URL, given as object or text, the query is read and the
 * fragment is not; of any other text everything, after one leading `?` or `#`. The first of repeated parameters counts.
 */
export function parseCallbackParams(queryOrUrl: string | URL | URLSearchParams): CallbackParams {
  const params = parametersOf(queryOrUrl);
  const read = (name: string): string | undefined => params.get(name) ?? undefined;
  const expiresIn = read('expires_in');
  return {
    state: read('state'),
    accessToken: read('access_token'),
    idToken: read('id_token'),
    refreshToken: read('refresh_token'),
    sessionState: read('session_state'),
    expiresIn: expiresIn === undefined ? undefined : parseInt(expiresIn, 10),
    code: read('code'),
    scope: read('scope'),
    error: read('error'),
    errorDescription: read('error_description'),
  };
}

function parametersOf(source: string | URL | URLSearchParams): URLSearchParams {
  if (typeof source !== 'string') {
    return source instanceof URL ? source.searchParams : source;
  }
  const isUrlOrPath = /^(?:[a-z][a-z\d+.-]*:)?\//i.test(source);
  return new URLSearchParams(isUrlOrPath ? queryOf(source) : source.replace(/^[?#]/, ''));
}

/** RFC 3986 section 3.4: from the first `?` to the first `#`. */
function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? '';
}
