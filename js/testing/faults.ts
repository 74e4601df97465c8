import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint, Reply } from './listener';

/** How an endpoint misbehaves. With nothing but the endpoint given, it answers 503. */
export interface Fault {
  endpoint: Endpoint;
  /** Default: 503, or 200 when there is a `body`. */
  status?: number;
  /** Response headers, in lower case, besides the content type. */
  headers?: Record<string, string>;
  /** A string or bytes go out as they are, anything else as JSON. Default: an OAuth error. */
  body?: unknown;
  /** Milliseconds before the answer. */
  delay?: number;
  /** Cuts the connection after this many bytes of the body; true: after half of it. */
  truncate?: boolean | number;
  /** Sends the status, the headers and half of the body, and then nothing more. */
  stall?: boolean;
  /** Cuts the connection without an answer. */
  disconnect?: boolean;
  /** How many requests it meets. Default: all until `recover`. */
  times?: number;
}

export interface Faults {
  /** Faults of one endpoint take their turns in the order given. */
  add(fault: Fault): void;
  /** Forgets the faults of this endpoint; without an argument all of them. */
  clear(endpoint?: Endpoint): void;
  /** The answer in the presence of faults; `sound` makes the proper one. */
  answer(endpoint: Endpoint | undefined, sound: () => Promise<Reply>, signal: AbortSignal): Promise<Reply>;
}

export function createFaults(): Faults {
  let pending: { fault: Fault; left: number }[] = [];

  const take = (endpoint: Endpoint | undefined): Fault | undefined => {
    const entry = pending.find(({ fault }) => fault.endpoint === endpoint);
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) pending = pending.filter((other) => other !== entry);
    return entry.fault;
  };

  return {
    add(fault) {
      const times = fault.times ?? Infinity;
      if (times > 0) pending.push({ fault, left: times });
    },
    clear(endpoint) {
      pending = endpoint === undefined ? [] : pending.filter(({ fault }) => fault.endpoint !== endpoint);
    },
    async answer(endpoint, sound, signal) {
      const fault = take(endpoint);
      if (fault === undefined) return sound();
      if (fault.delay !== undefined) await sleep(fault.delay, undefined, { signal });
      const reply = replaces(fault) ? faultyReply(fault) : await sound();
      return { ...reply, headers: { ...reply.headers, ...fault.headers }, ...interruption(fault, reply) };
    },
  };
}

function replaces({ status, headers, body, delay, truncate, stall, disconnect }: Fault): boolean {
  if (status !== undefined || body !== undefined) return true;
  return headers === undefined && delay === undefined && !cuts(truncate) && !stall && !disconnect;
}

function faultyReply({ status, body }: Fault): Reply {
  if (body === undefined) {
    const error = { error: 'temporarily_unavailable', error_description: 'The test tenant was told to fail' };
    return { status: status ?? 503, body: JSON.stringify(error) };
  }
  const verbatim = typeof body === 'string' || body instanceof Uint8Array;
  return { status: status ?? 200, body: verbatim ? body : JSON.stringify(body) };
}

function interruption({ truncate, stall, disconnect }: Fault, { body }: Reply): Pick<Reply, 'interrupted'> {
  const half = Math.floor(Buffer.byteLength(body) / 2);
  if (disconnect) return { interrupted: { by: 'disconnect' } };
  if (stall) return { interrupted: { by: 'stall', after: half } };
  if (!cuts(truncate)) return {};
  return { interrupted: { by: 'truncation', after: typeof truncate === 'number' ? truncate : half } };
}

function cuts(truncate: Fault['truncate']): boolean {
  return truncate !== undefined && truncate !== false;
}
