import type { IncomingMessage } from 'node:http';

/** A request target may include the scheme and the host (RFC 9112 section 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The paths that may follow any prefix. `/channels/client.js` is a channel. */
const CHANNEL = /\/channels\/(?:[^/]*|[^/]+\/(?:badge\.svg|summary\.json|messages\.ndjson))$/;
const FILE = /\/(?:assets\/[^/]*|client\.js)$/;

/** A path that ends in a slash may be the prefix that a proxy uses for the monitor, unless it contains a known name. */
const INDEX = /^(?!.*\/(?:channels|assets|health)\/).*\/$/i;

/**
 * Removes the prefix of a known path from the URL of a request, as Express does for a mounted application;
 * `originalUrl` keeps the prefix. So each route is defined once. A doubled slash counts as a prefix.
 */
export function stripPrefix(request: IncomingMessage & { originalUrl?: string }): void {
  const url = (request.url ?? '/').replace(ORIGIN, '') || '/';
  const queryStart = url.indexOf('?');
  const path = queryStart < 0 ? url : url.slice(0, queryStart);
  request.originalUrl = url;
  request.url = routePath(path) + url.slice(path.length);
}

function routePath(path: string): string {
  // Without the id, which is already parsed: Express would give its own 400 for bad percent-encoding.
  if (CHANNEL.test(path)) return '/channels';
  return FILE.exec(path)?.[0] ?? (INDEX.test(path) ? '/' : path);
}
