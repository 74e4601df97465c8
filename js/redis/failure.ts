/** Why Redis was of no help. */
export type RedisFailureCode = 'failed' | 'timed_out' | 'not_connected' | 'circuit_open' | 'overloaded';

/**
 * Tells what happened without what was sent: the libraries' own errors carry the command with its arguments, and Redis
 * repeats arguments in its messages.
 */
export class RedisFailure extends Error {
  readonly code: RedisFailureCode;

  constructor(code: RedisFailureCode, message: string) {
    super(message);
    this.name = 'RedisFailure';
    this.code = code;
  }
}

/** Names the kind of a library's error: `ECONNREFUSED`, `WRONGTYPE`, `ClientClosedError`. */
export function failureOf(error: unknown): RedisFailure {
  return error instanceof RedisFailure ? error : new RedisFailure('failed', `Redis failed: ${kindOf(error)}`);
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'unknown error';
  }
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    return code;
  }
  // Replies start with their code (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors).
  return /^[A-Z]{3,}(?= )/.exec(error.message)?.[0] ?? error.constructor.name;
}
