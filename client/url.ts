/**
 * The URL of a channel's stream. The path of `base` stays as a prefix.
 * Throws a URIError if the id contains a lone surrogate, and a RangeError if the id is `.` or `..`.
 */
export function channelUrl(base: string | URL, id: string): URL {
  if (/^\.\.?$/.test(id)) throw new RangeError(`"${id}" can't be a channel id: URLs give it another meaning`);
  const url = toAbsoluteUrl(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/channels/${encodeURIComponent(id)}`;
  return url;
}

/** A copy of the URL. A relative URL is resolved against the page, if there is one. */
export function toAbsoluteUrl(url: string | URL): URL {
  return new URL(url, (globalThis as { location?: { href: string } }).location?.href);
}
