import { Extractor } from './extraction';
import type { ExtractorOptions } from './types';

/** How many sets of options are kept. An application has a few. */
const MAX_KEPT = 32;

const kept = new Map<string, Extractor>();

/**
 * The extractor of these options: one that was made before, where they say the same. It knows the headers that it has
 * read, which is what makes a call at each request worth as much as a middleware.
 *
 * @throws TypeError or Error when an option is wrong.
 */
export function extractorOf(options: ExtractorOptions): Extractor {
  const key = keyOf(options);
  const known = key === undefined ? undefined : kept.get(key);
  if (known) return known;
  const extractor = new Extractor(options);
  if (key !== undefined) {
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MAX_KEPT) kept.delete(oldest);
    kept.set(key, extractor);
  }
  return extractor;
}

/** The options with these members in the place of their own. What is no object is left to be refused. */
export function overriding(options: ExtractorOptions, members: ExtractorOptions): ExtractorOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  if (isPlainObject(options)) return { ...options, ...members };
  return Object.create(options, Object.getOwnPropertyDescriptors(members)) as ExtractorOptions;
}

/** Nothing for options that may say more than their own plain members do. */
function keyOf(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null || !isPlainObject(options)) return undefined;
  const members = Object.entries(options);
  if (!members.every(([, value]) => isPlain(value) || (Array.isArray(value) && value.every(isPlain)))) return undefined;
  return JSON.stringify(members, (_name, value: unknown) => (typeof value === 'function' ? {} : value));
}

function isPlainObject(options: object): boolean {
  return Object.getPrototypeOf(options) === Object.prototype;
}

/** What JSON keeps apart. Of a function only that it is one counts. */
function isPlain(value: unknown): boolean {
  return ['string', 'boolean', 'undefined', 'function'].includes(typeof value) || Number.isFinite(value);
}
