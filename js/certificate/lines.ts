/** What is read of a request: Node's own, a framework's or a test's. */
export interface HeaderSource {
  /** Names and values by turns, as they came. Without it, `headers` is all there is. */
  readonly rawHeaders?: readonly string[];
  readonly headers?: Readonly<Record<string, unknown>>;
}

/**
 * The values of each header of `names` (lower-case), one per line of the request. `headers` joins the lines of one name
 * with a comma: a certificate header that came twice is only seen in `rawHeaders`. A header that a middleware has
 * removed from `headers` is absent, and one that it has replaced counts as replaced.
 *
 * @throws What a getter of the request throws.
 */
export function linesOf(request: HeaderSource, names: readonly string[]): string[][] {
  const { headers, rawHeaders } = request;
  return names.map((name) => {
    if (headers == null) return [];
    if (!Array.isArray(rawHeaders)) return allValuesOf(headers, name);
    const values = valuesOf(headers, name);
    if (values.length === 0) return values;
    const raw = rawLinesOf(rawHeaders, name);
    return raw.length > 1 ? raw : values;
  });
}

/** Node's names are lower-case. */
function valuesOf(headers: Readonly<Record<string, unknown>>, name: string): string[] {
  return Object.hasOwn(headers, name) ? texts(headers[name]) : allValuesOf(headers, name);
}

/** Those of an object written by hand may not be: a name in two cases is a header in two lines. */
function allValuesOf(headers: Readonly<Record<string, unknown>>, name: string): string[] {
  return Object.keys(headers)
    .filter((key) => isNamed(key, name))
    .flatMap((key) => texts(headers[key]));
}

function rawLinesOf(rawHeaders: readonly unknown[], name: string): string[] {
  const lines: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1];
    if (isNamed(rawHeaders[index], name) && typeof value === 'string') lines.push(value);
  }
  return lines;
}

function isNamed(key: unknown, name: string): boolean {
  return typeof key === 'string' && key.length === name.length && key.toLowerCase() === name;
}

function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((text) => typeof text === 'string');
}
