import { native, type NativeAllowList, type NativeAttributeList } from '../native';

export type AllowKind = Parameters<typeof native.NativeAllowList.create>[0];

/**
 * A compiled allow-list. `name` is the function or the option that the application used.
 *
 * @throws TypeError when the list is no array of texts, or when an entry can never match.
 */
export function allowList(kind: AllowKind, name: string, list: unknown): NativeAllowList {
  const compiled = native.NativeAllowList.create(kind, name, numbersAsText(list));
  if (typeof compiled === 'string') throw new TypeError(compiled);
  if (compiled.warning) process.emitWarning(compiled.warning, { code: 'MONOCLOUD_ALLOW_LIST' });
  return compiled;
}

/**
 * Attributes that must all be there.
 *
 * @throws TypeError when they are no object of texts.
 */
export function attributeList(name: string, attributes: unknown): NativeAttributeList {
  const compiled = native.NativeAttributeList.create(name, attributes);
  if (typeof compiled === 'string') throw new TypeError(compiled);
  return compiled;
}

/** Serial numbers may be big integers, which the core reads in hexadecimal. */
function numbersAsText(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((entry: unknown) => (typeof entry === 'bigint' ? `0x${entry.toString(16)}` : entry));
}
