/** When Redis is left alone after failures. */
export interface BreakerOptions {
  /** Consecutive failures that open the circuit. Default 5. */
  failures?: number;
  /** Milliseconds that it stays open at first; each failed probe doubles them. Default 1,000. */
  openFor?: number;
  /** Milliseconds that it stays open at most. Default 30,000. */
  openForAtMost?: number;
}

/** What a permitted command reports back. */
export interface Permit {
  readonly isProbe: boolean;
  succeeded(): void;
  failed(): void;
}

/** Lets commands pass while they succeed; after failures, a single probe at a time. Time is monotonic. */
export class Breaker {
  readonly #threshold: number;
  readonly #openForAtFirst: number;
  readonly #openForAtMost: number;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #consecutiveFailures = 0;
  #openFor: number;
  #openUntil = 0;

  constructor({ failures = 5, openFor = 1_000, openForAtMost = 30_000 }: BreakerOptions = {}) {
    this.#threshold = failures;
    this.#openForAtFirst = openFor;
    this.#openForAtMost = Math.max(openFor, openForAtMost);
    this.#openFor = openFor;
  }

  /** Undefined while the circuit is open. Whoever gets a permit must report. */
  ask(): Permit | undefined {
    if (this.#state === 'closed') {
      return this.#command;
    }
    if (this.#state === 'probing' || performance.now() < this.#openUntil) {
      return undefined;
    }
    this.#state = 'probing';
    return this.#probe;
  }

  /** Commands that were sent before the circuit opened say nothing about its state now. */
  readonly #command: Permit = {
    isProbe: false,
    succeeded: () => {
      this.#consecutiveFailures = 0;
    },
    failed: () => {
      this.#consecutiveFailures += 1;
      if (this.#state === 'closed' && this.#consecutiveFailures >= this.#threshold) {
        this.#open();
      }
    },
  };

  readonly #probe: Permit = {
    isProbe: true,
    succeeded: () => {
      this.#state = 'closed';
      this.#consecutiveFailures = 0;
      this.#openFor = this.#openForAtFirst;
    },
    failed: () => {
      this.#openFor = Math.min(this.#openFor * 2, this.#openForAtMost);
      this.#open();
    },
  };

  #open(): void {
    this.#state = 'open';
    this.#openUntil = performance.now() + this.#openFor;
  }
}
