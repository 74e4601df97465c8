import { native, type NativeFlow, type NativeRequest, type NativeResponse, type NativeStep } from './native';
import { nowInSeconds } from './clock';

/** The largest response body that is read, in bytes. */
const MAX_BODY = native.maxBody();

const TIMED_OUT = Symbol('timed out');

/** Where the bytes of a body end up: read, too many, or lost on the way. */
type Body = { bytes: Uint8Array } | { tooLarge: true } | { lost: unknown };

/**
 * Answers a request of the core through a function like `fetch`, called as the published SDK calls it: a URL string and
 * an init that holds `method`, `headers` and `body` for introspection only, and `signal` only with a timeout.
 *
 * @param timeout milliseconds over headers and body; 0 or less for none.
 * @param onError hears what the function threw.
 */
export async function answerByFetch(
  flow: NativeFlow,
  request: NativeRequest,
  fetcher: typeof fetch,
  timeout: number,
  onError: (error: unknown) => void,
): Promise<NativeStep> {
  const deadline = new Deadline(timeout);
  try {
    const reply = await deadline.race(exchange(fetcher, request, deadline.signal));
    if (reply === TIMED_OUT) {
      return flow.answerTimedOut(nowInSeconds());
    }
    const { response, body } = reply;
    if ('tooLarge' in body) {
      return flow.answerTooLarge(response, nowInSeconds());
    }
    if ('lost' in body) {
      onError(body.lost);
      return flow.answerBodyLost(response, messageOf(body.lost), nowInSeconds());
    }
    return flow.answerResponse(response, body.bytes, nowInSeconds());
  } catch (error) {
    if (deadline.passed) {
      return flow.answerTimedOut(nowInSeconds());
    }
    onError(error);
    return flow.answerNetworkError(messageOf(error), nowInSeconds());
  } finally {
    deadline.clear();
  }
}

/** The message of whatever was thrown, if it has one. */
export function messageOf(error: unknown): string | undefined {
  const message: unknown = (error as { message?: unknown } | null | undefined)?.message;
  return message === undefined || message === null ? undefined : String(message);
}

/** One timer over the whole exchange. */
class Deadline {
  readonly signal?: AbortSignal;
  passed = false;
  readonly #timer?: NodeJS.Timeout;
  readonly #end?: Promise<typeof TIMED_OUT>;

  constructor(timeout: number) {
    if (!(timeout > 0)) {
      return;
    }
    const controller = new AbortController();
    this.signal = controller.signal;
    let end: (value: typeof TIMED_OUT) => void;
    this.#end = new Promise((resolve) => (end = resolve));
    this.#timer = setTimeout(() => {
      this.passed = true;
      end(TIMED_OUT);
      controller.abort();
    }, timeout);
  }

  race<T>(work: Promise<T>): Promise<T | typeof TIMED_OUT> {
    return this.#end ? Promise.race([work, this.#end]) : work;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

async function exchange(
  fetcher: typeof fetch,
  request: NativeRequest,
  signal: AbortSignal | undefined,
): Promise<{ response: NativeResponse; body: Body }> {
  const response = await fetcher(request.url, initOf(request, signal));
  const body = await readBody(response);
  const head: NativeResponse = {
    status: typeof response.status === 'number' ? response.status : 0,
    statusText: response.statusText ?? '',
    headers: headersOf(response),
    body: '',
  };
  return { response: head, body };
}

function initOf(request: NativeRequest, signal: AbortSignal | undefined): RequestInit {
  const init: RequestInit = {};
  if (request.body !== undefined) {
    init.method = 'POST';
    init.body = request.body;
    init.headers = recordOf(request.headers);
  }
  if (signal) {
    init.signal = signal;
  }
  return init;
}

function recordOf(pairs: string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    record[pairs[i] as string] = pairs[i + 1] as string;
  }
  return record;
}

/** Test doubles bring headers as a plain object, or none. */
function headersOf({ headers }: Response): string[] {
  const given = headers as Headers | Record<string, string> | undefined;
  const pairs = typeof given?.entries === 'function' ? [...given.entries()] : Object.entries(given ?? {});
  return pairs
    .filter(([name]) => name.toLowerCase() !== 'set-cookie')
    .flatMap(([name, value]) => [name.toLowerCase(), String(value)]);
}

/** Reads a stream under the size limit; a test double may have only `text()` or `json()`. */
async function readBody(response: Response): Promise<Body> {
  try {
    const stream: ReadableStream<Uint8Array> | null | undefined = response.body;
    if (typeof stream?.getReader === 'function' && !response.bodyUsed && !stream.locked) {
      return await readStream(stream);
    }
    const text = typeof response.text === 'function' ? await response.text() : JSON.stringify(await response.json?.());
    const bytes = Buffer.from(text ?? '', 'utf8');
    return bytes.length > MAX_BODY ? { tooLarge: true } : { bytes };
  } catch (error) {
    return { lost: error };
  }
}

async function readStream(stream: ReadableStream<Uint8Array>): Promise<Body> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return { bytes: Buffer.concat(chunks) };
    }
    size += value.byteLength;
    if (size > MAX_BODY) {
      reader.cancel().catch(() => undefined);
      return { tooLarge: true };
    }
    chunks.push(value);
  }
}
