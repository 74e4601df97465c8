import { channel } from 'node:diagnostics_channel';

/** How a public validation ended. Never holds a token or a claim value. */
export interface ValidateMessage {
  operation: 'validateAccessToken' | 'validateJwtAccessToken' | 'introspectAccessToken';
  /** `refused` is the token's fault; `failed` means that it could not be judged. */
  outcome: 'accepted' | 'refused' | 'failed';
  /** Stable reason code, unless accepted; `application_error` for what the application threw. */
  reason?: string;
  /** The `code` of a `MonoCloudTokenError`. */
  code?: string;
  tokenType: 'jwt' | 'opaque';
  /** As the token's header names it, verified or not. */
  algorithm?: string;
  /** As the token's header names it, at most 64 characters. */
  kid?: string;
  durationMs: number;
}

/** One HTTP request to the tenant. */
export interface FetchMessage {
  purpose: 'discovery' | 'jwks' | 'introspection';
  /** Without query. */
  url: string;
  /** `fetch`: a function of the application, or a replaced `globalThis.fetch`. */
  transport: 'native' | 'fetch';
  /** Without a response there is none. */
  status?: number;
  /** Why the answer could not be used. */
  reason?: string;
  /** Milliseconds since the epoch, when it was sent. */
  startedAt: number;
  durationMs: number;
}

/** What the cache knew, or how it failed. Everything but a `get` is published only when it fails. */
export interface CacheMessage {
  operation: 'get' | 'set' | 'delete' | 'revoke';
  /** `negative`: the token is known to be inactive. */
  result: 'hit' | 'miss' | 'negative' | 'error';
  /** What the cache threw. */
  error?: unknown;
}

/** A request that a guard has not let pass. */
export interface RefuseMessage {
  /** Stable reason code; `token_missing` without a token, `application_error` for what the application threw. */
  reason: string;
  message: string;
  /** The `code` of a `MonoCloudTokenError`. */
  code?: string;
  /** Of the HTTP answer. */
  status: number;
}

/** A client certificate that a request presented and that does not count. Never its contents. */
export interface CertificateMessage {
  /** Stable code: `header_malformed`, `untrusted_peer`, `certificate_expired`, `socket_not_authorized` … */
  reason: string;
}

/** The end of every `validateAccessToken`, `validateJwtAccessToken` and `introspectAccessToken`: `ValidateMessage`. */
export const validateChannel = channel('monocloud:backend:validate');

/** Every request to the tenant: `FetchMessage`. */
export const fetchChannel = channel('monocloud:backend:fetch');

/** Every look into the application's cache: `CacheMessage`. */
export const cacheChannel = channel('monocloud:backend:cache');

/** Requests that may not pass: `RefuseMessage`. Never a token or a claim value. */
export const refuseChannel = channel('monocloud:backend:refuse');

/** Client certificates that do not count: `CertificateMessage`. */
export const certificateChannel = channel('monocloud:backend:certificate');
