import { Breaker, type BreakerOptions } from './breaker';
import type { Commands } from './client';
import { RedisFailure, failureOf } from './failure';

type Command = (commands: Commands) => PromiseLike<unknown>;

/**
 * Commands that may wait for their answers at one time. A stalled Redis answers none of them, and the client library
 * keeps each: this bounds its memory. At 100,000 answers a second they are answered within the default timeout.
 */
const MOST_UNANSWERED = 5_000;

/** Timers cannot run longer (milliseconds). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The way to Redis: bounded in time and in number, and closed for a while after failures. */
export class RedisAccess {
  readonly #commands: Commands;
  readonly #timeout: number;
  readonly #breaker: Breaker;
  #unanswered = { count: 0 };

  /** `timeout` in milliseconds. */
  constructor(commands: Commands, timeout: number, breaker?: BreakerOptions) {
    this.#commands = commands;
    this.#timeout = Math.min(timeout, LONGEST_TIMER);
    this.#breaker = new Breaker(breaker);
  }

  /** @throws RedisFailure after `timeout` at the latest. */
  async run(command: Command): Promise<unknown> {
    // A connection that is known to be lost costs nothing, so the circuit stays closed for the moment it is back.
    if (!this.#commands.isReachable()) {
      throw new RedisFailure('not_connected', 'The client is not connected to Redis');
    }
    const permit = this.#breaker.ask();
    if (!permit) {
      throw new RedisFailure('circuit_open', 'Redis failed repeatedly and is left alone for a while');
    }
    try {
      if (this.#unanswered.count >= MOST_UNANSWERED && !permit.isProbe) {
        throw new RedisFailure('overloaded', 'Too many commands wait for Redis');
      }
      const reply = await this.#inTime(command);
      permit.succeeded();
      if (permit.isProbe) {
        // What is still unanswered was sent on a connection that is gone.
        this.#unanswered = { count: 0 };
      }
      return reply;
    } catch (error) {
      permit.failed();
      throw failureOf(error);
    }
  }

  /** An answer that comes late counts as answered, whatever it is. */
  #inTime(command: Command): Promise<unknown> {
    const unanswered = this.#unanswered;
    unanswered.count += 1;
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new RedisFailure('timed_out', `Redis did not answer within ${this.#timeout} ms`));
      // Timers come before input: after a pause of this process the answer may be there, unread.
      const timer = setTimeout(() => setImmediate(giveUp), this.#timeout);
      timer.unref();
      const answered = () => {
        clearTimeout(timer);
        unanswered.count -= 1;
      };
      start(command, this.#commands).then(
        (reply) => {
          answered();
          resolve(reply);
        },
        (error: unknown) => {
          answered();
          reject(error);
        },
      );
    });
  }
}

/** A command that throws is one that fails. */
async function start(command: Command, commands: Commands): Promise<unknown> {
  return command(commands);
}
