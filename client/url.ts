/**
 * The URL of a channel's stream on the monitor at `base`, whose path stays as a prefix.
 * Throws a URIError on half a surrogate pair, and a RangeError on `.` and `..`, which no URL can carry as a name.
 */
export function channelUrl(base: string | URL, id: string): URL {
  if (/^\.\.?$/.test(id)) throw new RangeError(`A channel id other than "${id}" is needed`);
  const url = absolute(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/channels/${encodeURIComponent(id)}`;
  return url;
}

/** A URL of one's own to change; a relative one starts at the page, where there is a page. */
export function absolute(url: string | URL): URL {
  return new URL(url, (globalThis as { location?: { href: string } }).location?.href);
}
