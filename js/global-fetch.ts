/** Node's own `fetch` as it was when this module was loaded, if nothing had replaced it by then. */
const nodeFetch = isNodeFetch(globalThis.fetch) ? globalThis.fetch : undefined;

const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/**
 * The `fetch` that something put in place of Node's own: msw, nock, a spy, an APM agent. Undefined while requests made
 * with `fetch` would go straight to the network, so that the native transport can make them instead.
 */
export function replacedFetch(): typeof fetch | undefined {
  const current = globalThis.fetch;
  return current === nodeFetch && !hasOwnDispatcher() ? undefined : current;
}

/** Node's function loads its HTTP client from Node's internals; Bun's and Deno's are native code. */
function isNodeFetch(candidate: unknown): boolean {
  if (typeof candidate !== 'function') {
    return false;
  }
  const source = Function.prototype.toString.call(candidate);
  return /internal\/deps\/undici|lazyUndici|fetchImpl|\[native code\]/.test(source) && candidate.name === 'fetch';
}

/** The dispatcher that was looked at last; its options are set once, when it is made. */
let known: { dispatcher: object; isOwn: boolean } | undefined;

/** Whether undici's `setGlobalDispatcher` was given anything but a plain agent: a MockAgent, a ProxyAgent, an agent with options. */
function hasOwnDispatcher(): boolean {
  const dispatcher = (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER];
  if (typeof dispatcher !== 'object' || dispatcher === null) {
    return false;
  }
  if (known?.dispatcher !== dispatcher) {
    known = { dispatcher, isOwn: dispatcher.constructor?.name !== 'Agent' || hasOptions(dispatcher) };
  }
  return known.isOwn;
}

function hasOptions(agent: object): boolean {
  const symbol = Object.getOwnPropertySymbols(agent).find(({ description }) => description === 'options');
  const options: unknown = symbol && Reflect.get(agent, symbol);
  const isSet = (value: unknown) => value !== undefined && value !== Infinity;
  return typeof options === 'object' && options !== null && Object.values(options).some(isSet);
}
