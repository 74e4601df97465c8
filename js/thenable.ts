/**
 * Whether something has to be waited for. Promises of another library, of another realm or of the runtime itself are not
 * instances of whatever the application has put in the place of `Promise`. Claims are data: no function is among them.
 */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
