/**
 * The URL of a channel's stream. The path of `base` stays as a prefix.
 * Throws a TypeError if `base` is no http(s) or ws(s) URL or the id is no string, a RangeError if the id is `.` or `..`, and a
 * URIError if it contains a lone surrogate.
 */
export function channelUrl(base: string | URL, id: string): URL {
  if (typeof id !== 'string') throw new TypeError(`channelUrl() expected a channel id, got ${typeof id}`);
  if (/^\.\.?$/.test(id)) throw new RangeError(`"${id}" can't be a channel id: URLs give it another meaning`);
  const url = toAbsoluteUrl(base, 'channelUrl() expected the http(s) or ws(s) URL of a monitor');
  url.pathname = `${url.pathname.replace(/\/$/, '')}/channels/${encodeURIComponent(id)}`;
  return url;
}

/**
 * A copy of the URL. A relative URL is resolved against the page, if there is one. Throws a TypeError if it is not one of
 * http(s) or ws(s).
 *
 * @param expectation the first words of the error
 */
export function toAbsoluteUrl(url: string | URL, expectation: string): URL {
  try {
    const text: unknown = (url as URL).href ?? url;
    const absolute = new URL(text as string, (globalThis as { location?: { href: string } }).location?.href);
    // In a page, any other value would become a path.
    if (typeof text === 'string' && /^(http|ws)s?:$/.test(absolute.protocol)) return absolute;
  } catch {
    // Reported below.
  }
  throw unexpected(expectation, url);
}

/** @param expectation who expected what */
export function unexpected(expectation: string, value: unknown): TypeError {
  return new TypeError(`${expectation}, got ${typeof value} ${String(value)}`);
}
