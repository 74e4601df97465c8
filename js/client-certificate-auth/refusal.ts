import { native } from '../native';
import type { HttpError } from './types';

/** A request that may not pass. */
export interface Refusal {
  /** For `next`. */
  readonly error: HttpError;
  /** For `onRejected`. */
  readonly reason: string;
  /** The error is what the callback has thrown. */
  readonly thrown: boolean;
}

/** The refusal for one of our own reasons. */
export function refusalFor(reason: string): Refusal {
  const { status, message } = native.answerToCertificate(reason);
  return { error: withStatus(new Error(message), status), reason, thrown: false };
}

/**
 * The refusal for what a callback has thrown. An error keeps its status, or gets that of a refusal; what cannot carry
 * one becomes the `cause` of an error that can: `next('route')` would let the request pass.
 */
export function refusalOf(thrown: unknown): Refusal {
  const { status, message } = native.answerToCertificate('callback_threw');
  const text = messageOf(thrown);
  const error =
    attempt(() => withOwnStatus(thrown, status)) ??
    withStatus(new Error(text ?? message, { cause: thrown }), attempt(() => statusOf(thrown)) ?? status);
  return { error, reason: text ?? 'callback_threw', thrown: true };
}

/** Nothing for what is no object. */
function withOwnStatus(thrown: unknown, status: number): HttpError | undefined {
  if (!isObject(thrown)) return undefined;
  return statusOf(thrown) == null ? withStatus(thrown as HttpError, status) : (thrown as HttpError);
}

function statusOf(thrown: unknown): number | undefined {
  return isObject(thrown) ? (thrown as HttpError).status : undefined;
}

/** @throws TypeError when the error takes none. */
function withStatus(error: HttpError, status: number): HttpError {
  error.status = status;
  if (error.status !== status) throw new TypeError('the error keeps no status');
  return error;
}

function messageOf(thrown: unknown): string | undefined {
  const text = attempt(() => (isObject(thrown) ? (thrown as HttpError).message : thrown));
  const message = text == null ? undefined : attempt(() => String(text));
  return message === '' ? undefined : message;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
