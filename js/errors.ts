import type { MonoCloudRawResponse, MonoCloudTokenErrorCode } from './types';

/**
 * What every error of this SDK is. `cause` is set where another error led to this one.
 */
export class MonoCloudAuthBaseError extends Error {
  /** The HTTP response that led to the error, if there was one. */
  readonly raw?: MonoCloudRawResponse;

  /**
   * Stable code of the one reason for the refusal, for operators: `signature_invalid`, `token_expired`,
   * `request_timed_out` … Not enumerable; undefined on errors that the application made.
   */
  declare readonly reason?: string;

  /** Seconds after which it is worth trying again, when that is known. Not enumerable. */
  declare readonly retryAfter?: number;

  constructor(message?: string, raw?: MonoCloudRawResponse) {
    super(message);
    this.raw = raw;
  }
}

/** The token is refused (RFC 6750 section 3.1): 401, or 403 when scopes or groups are missing. */
export class MonoCloudTokenError extends MonoCloudAuthBaseError {
  readonly code: MonoCloudTokenErrorCode;

  constructor(message?: string, code: MonoCloudTokenErrorCode = 'invalid_token', raw?: MonoCloudRawResponse) {
    super(message, raw);
    this.code = code;
  }
}

/** The tenant could not be reached, or answered something that is no answer. Never the token's fault: 503 or 500. */
export class MonoCloudHttpError extends MonoCloudAuthBaseError {
  // `override`: the types of client-certificate-auth give every Error a status.
  /** HTTP status; undefined without a response. */
  override get status(): number | undefined {
    return this.raw?.status;
  }

  /** HTTP reason phrase; undefined without a response. */
  get statusText(): string | undefined {
    return this.raw?.statusText;
  }
}

/** The tenant refused this client's request (RFC 6749 section 5.2). */
export class MonoCloudOPError extends MonoCloudAuthBaseError {
  readonly error: string;
  readonly errorDescription?: string;

  constructor(error: string, errorDescription?: string, raw?: MonoCloudRawResponse) {
    super(error, raw);
    this.error = error;
    this.errorDescription = errorDescription;
  }
}

/** An option or argument is wrong, or something that the call needs is not configured. */
export class MonoCloudValidationError extends MonoCloudAuthBaseError {}
