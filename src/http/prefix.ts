import type { IncomingMessage } from 'node:http';

/** A request target may include the scheme and the host (RFC 9112 section 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The paths that may stand behind any prefix. `/channels/client.js` is a channel. */
const CHANNEL = /\/channels\/[^/]*$/;
const FILE = /\/(?:assets\/[^/]*|client\.js)$/;

/** A path that ends in a slash may be the address that a proxy gave the monitor, unless it contains a known name. */
const INDEX = /^(?!.*\/(?:channels|assets|health)\/).*\/$/i;

/**
 * Removes the prefix of a known path from the URL of a request, as Express does for a mounted application; `originalUrl`
 * keeps it. Every route is written once, and a doubled slash is a prefix like any other.
 */
export function stripPrefix(request: IncomingMessage & { originalUrl?: string }): void {
  const url = (request.url ?? '/').replace(ORIGIN, '') || '/';
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  request.originalUrl = url;
  request.url = routePath(path) + url.slice(path.length);
}

function routePath(path: string): string {
  // Without the id, which is parsed already: Express would answer 400 to bad percent-encoding in its own way.
  if (CHANNEL.test(path)) return '/channels';
  return FILE.exec(path)?.[0] ?? (INDEX.test(path) ? '/' : path);
}
