import type { IncomingMessage } from 'node:http';

/** A request target may name the scheme and the host, too (RFC 9112 section 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The paths that may stand behind any prefix. `/channels/client.js` is a channel. */
const CHANNEL = /\/channels\/[^/]*$/;
const FILE = /\/(?:assets\/[^/]*|client\.js)$/;

/** A path that ends in a slash may be the address that a proxy gave the monitor, unless a known name stands in it. */
const INDEX = /^(?!.*\/(?:channels|assets|health)\/).*\/$/i;

/**
 * Takes the prefix of a known path off a request's URL, as Express does for a mounted application: `originalUrl` keeps
 * the prefix. So every route is written once, and a doubled slash is a prefix like any other.
 */
export function stripPrefix(request: IncomingMessage & { originalUrl?: string }): void {
  const url = (request.url ?? '/').replace(ORIGIN, '') || '/';
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  request.originalUrl = url;
  request.url = routePath(path) + url.slice(path.length);
}

function routePath(path: string): string {
  // Without the id: `ChannelController` reads it from `originalUrl`, and Express has its own answer to bad encoding.
  if (CHANNEL.test(path)) return '/channels';
  return FILE.exec(path)?.[0] ?? (INDEX.test(path) ? '/' : path);
}
