import { setImmediate as nodeSetImmediate, setInterval as nodeSetInterval } from 'node:timers';
import { toError } from './failure';
import { native, type NativeCore, type NativeFailure } from './native';
import type { AccessTokenClaims } from './types';

type Verdict = string | NativeFailure | null;

// Taken before anybody can put fake ones in their place.
const afterPoll = nodeSetImmediate;
const { nextTick } = process;
const settled = Promise.resolve();

/** Validations whose verdicts the pool reaches. */
const waiting = new Map<number, (verdict: Verdict) => void>();
let port: InstanceType<typeof native.NativePort> | undefined;
/** Keeps the process alive while somebody waits: the port itself does not. */
let alive: NodeJS.Timeout | undefined;

/** Where this event loop is; see `othersWait`. */
const turn = { inRun: false, inCallback: false, inPoll: false };

/** Has the core's verdicts told here when others than this thread reach them. */
export function receiveVerdicts(core: NativeCore): void {
  core.offload((port ??= new native.NativePort(settle)));
}

/**
 * Whether other validations on this event loop wait for their verdicts, as far as that can be known: some are with the
 * pool, or one was judged in the same run of synchronous code (as `Promise.all` makes them), or in another callback of the
 * same turn of the loop (as sockets do that became readable together). One that follows another by `await` finds nobody
 * waiting.
 */
export function othersWait(): boolean {
  return waiting.size > 0 || turn.inRun || turn.inPoll;
}

/** What an answer of the core to a validation comes to: claims, an error, or what `inFull` will find out. */
export function conclude(
  answer: number | Verdict,
  inFull: () => Promise<AccessTokenClaims>,
): AccessTokenClaims | Promise<AccessTokenClaims> {
  if (typeof answer === 'number') {
    return verdictOf(answer, inFull);
  }
  if (answer === null) {
    return inFull();
  }
  judgedHere();
  if (typeof answer === 'string') {
    return JSON.parse(answer) as AccessTokenClaims;
  }
  throw toError(answer);
}

/** Remembers that a token was judged on this thread. */
function judgedHere(): void {
  if (!turn.inRun) {
    turn.inRun = true;
    void settled.then(endRun);
    if (!turn.inCallback) {
      turn.inCallback = true;
      nextTick(endCallback);
    }
  }
}

/** The verdict is carried out where the validation was asked for: in its async context, not in the pool's notice. */
async function verdictOf(ticket: number, inFull: () => Promise<AccessTokenClaims>): Promise<AccessTokenClaims> {
  if (waiting.size === 0) {
    alive = alive?.ref() ?? nodeSetInterval(() => undefined, 0x7fffffff);
  }
  const verdict = await new Promise<Verdict>((resolve) => waiting.set(ticket, resolve));
  if (verdict === null) {
    return inFull();
  }
  if (typeof verdict === 'string') {
    return JSON.parse(verdict) as AccessTokenClaims;
  }
  throw toError(verdict);
}

/** Tickets and their verdicts by turns. */
function settle(verdicts: (number | Verdict)[]): void {
  for (let i = 0; i + 1 < verdicts.length; i += 2) {
    const ticket = verdicts[i] as number;
    const resolve = waiting.get(ticket);
    waiting.delete(ticket);
    resolve?.(verdicts[i + 1] as Verdict);
  }
  if (waiting.size === 0) {
    alive?.unref();
  }
}

function endRun(): void {
  turn.inRun = false;
}

/** All microtasks have run: what follows comes from somebody else. */
function endCallback(): void {
  turn.inCallback = false;
  if (!turn.inPoll) {
    turn.inPoll = true;
    afterPoll(endPoll).unref();
  }
}

function endPoll(): void {
  turn.inPoll = false;
}
