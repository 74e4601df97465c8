import {
  type MonoCloudAuthBaseError,
  MonoCloudHttpError,
  MonoCloudOPError,
  MonoCloudTokenError,
  MonoCloudValidationError,
} from './errors';
import type { NativeFailure, NativeResponse } from './native';
import type { MonoCloudRawResponse, MonoCloudTokenErrorCode } from './types';

/** The error that stands for a failure of the core. `cause` is the exception that led to it, if JavaScript saw one. */
export function toError(failure: NativeFailure, cause?: unknown): MonoCloudAuthBaseError {
  const raw = failure.raw && rawResponse(failure.raw);
  const parsing = failure.json ? parseError(raw?.body ?? '') : undefined;
  const error = build(failure, failure.message + (parsing?.message ?? ''), raw);
  Object.defineProperty(error, 'reason', { value: failure.reason, configurable: true, writable: true });
  if (failure.retryAfter !== undefined) {
    Object.defineProperty(error, 'retryAfter', { value: failure.retryAfter, configurable: true, writable: true });
  }
  const origin = cause ?? parsing ?? connectionError(failure);
  if (origin !== undefined) {
    Object.defineProperty(error, 'cause', { value: origin, configurable: true, writable: true });
  }
  return error;
}

/** Throws when there is a failure. */
export function throwIf(failure: NativeFailure | null, cause?: unknown): void {
  if (failure) {
    throw toError(failure, cause);
  }
}

function build(failure: NativeFailure, message: string, raw?: MonoCloudRawResponse): MonoCloudAuthBaseError {
  switch (failure.kind) {
    case 'token':
      return new MonoCloudTokenError(message, failure.code as MonoCloudTokenErrorCode, raw);
    case 'op':
      return new MonoCloudOPError(
        JSON.parse(failure.error ?? 'null') as string,
        JSON.parse(failure.errorDescription ?? 'null') as string,
        raw,
      );
    case 'validation':
      return new MonoCloudValidationError(message, raw);
    default:
      return new MonoCloudHttpError(message, raw);
  }
}

function rawResponse({ status, statusText, headers, body }: NativeResponse): MonoCloudRawResponse {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    record[name] = name in record ? `${record[name]}, ${value}` : value;
  }
  return { status, statusText, headers: record, body };
}

/** V8's own error for a text that is not JSON; a text that only the core's stricter reader refuses gets a word of its own. */
function parseError(body: string): Error {
  try {
    JSON.parse(body);
  } catch (error) {
    return error as Error;
  }
  return new SyntaxError('The text is no interoperable JSON (RFC 8259 section 8)');
}

function connectionError({ cause, causeCode }: NativeFailure): Error | undefined {
  if (cause === undefined && causeCode === undefined) {
    return undefined;
  }
  const error = new Error(cause ?? causeCode);
  return causeCode === undefined ? error : Object.assign(error, { code: causeCode });
}
