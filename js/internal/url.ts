/** Trims `value` and puts one `/` before it unless it starts with one. An absent or blank value is returned as is. */
export function ensureLeadingSlash<T extends string | null | undefined>(value: T): T | string {
  const trimmed = value?.trim();
  if (!trimmed) {
    return value;
  }
  return trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}

/** Trims `value` and removes one `/` from its end. An absent or blank value is returned as is. */
export function removeTrailingSlash<T extends string | null | undefined>(value: T): T | string {
  const trimmed = value?.trim();
  if (!trimmed) {
    return value;
  }
  return trimmed.endsWith('/') ? trimmed.slice(0, -1) : trimmed;
}

/** Whether `url` starts with `http://` or `https://`, in lower case. */
export function isAbsoluteUrl(url?: string | null): boolean {
  return typeof url === 'string' && (url.startsWith('http://') || url.startsWith('https://'));
}

/**
 * Whether two absolute URLs have the same origin: scheme, host and port (RFC 6454 section 5). `false` when one of them
 * is not a URL, and for schemes whose origin is opaque, which equals nothing.
 */
export function isSameHost(url: string | URL, urlToCheck: string | URL): boolean {
  const origin = originOf(url);
  return origin !== undefined && origin === originOf(urlToCheck);
}

function originOf(url: string | URL): string | undefined {
  try {
    const { origin } = new URL(url);
    return origin === 'null' ? undefined : origin;
  } catch {
    return undefined;
  }
}
