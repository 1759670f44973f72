/**
 * The URL of a channel's stream. The path of `base` stays as a prefix.
 * Throws a TypeError if the id is no string, a RangeError if it is `.` or `..`, and a URIError if it contains a lone
 * surrogate.
 */
export function channelUrl(base: string | URL, id: string): URL {
  if (typeof id !== 'string') throw new TypeError(`channelUrl() expected a channel id, got ${typeof id}`);
  if (/^\.\.?$/.test(id)) throw new RangeError(`"${id}" can't be a channel id: URLs give it another meaning`);
  const url = toAbsoluteUrl(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/channels/${encodeURIComponent(id)}`;
  return url;
}

/** A copy of the URL. A relative URL is resolved against the page, if there is one. */
export function toAbsoluteUrl(url: string | URL): URL {
  return new URL(url, (globalThis as { location?: { href: string } }).location?.href);
}
