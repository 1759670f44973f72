import type { IncomingMessage } from 'node:http';

/** Characters of an origin that are kept: a browser's is never longer. */
const LONGEST = 300;

/**
 * The origin of the page that sent a request. `undefined` for a page of this server and for a program. Browsers send the
 * origin `null` for a page in a sandbox.
 *
 * @param forwardedHost the host under which a proxy received the request
 */
export function foreignOriginOf({ headers }: IncomingMessage, forwardedHost?: string): string | undefined {
  const { origin, host } = headers;
  if (origin === undefined) return undefined;
  const own = /:\/\/(.+)$/.exec(origin)?.[1]?.toLowerCase();
  if (own !== undefined && [host, forwardedHost].some((name) => name?.toLowerCase() === own))
    return undefined;
  // Scripts can't set this header. A proxy may have replaced `Host`.
  return headers['sec-fetch-site'] === 'same-origin' ? undefined : origin.slice(0, LONGEST);
}
