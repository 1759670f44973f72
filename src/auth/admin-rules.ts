import type { IncomingMessage } from 'node:http';
import type { TokenClaims } from './token-claims.js';
import { TokenFault } from './token-fault.js';

/** The scope that permits everything on the admin listener. */
const ADMIN_SCOPE = 'admin';

/** The scope that permits to publish messages to the channels of the claim `channels`. */
const PUBLISH_SCOPE = 'publish';

/** The scope that permits to read the metrics, for the token that Prometheus keeps. */
const METRICS_SCOPE = 'metrics';

/** The words of the claim `scope` that permit something. */
export const SCOPES = [ADMIN_SCOPE, PUBLISH_SCOPE, METRICS_SCOPE] as const;

/** Requests that change nothing. */
const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/** Paths that contain no data: probes, and the files and the description of the pages. */
const PUBLIC_PATHS = /^\/(health\/(live|ready)|assets\/[\w.-]+|api|api\/[\w.-]+|api-json)?$/;

const METRICS_PATH = '/metrics';

/** The path for publishing. Only characters of RFC 3986 that every parser of URLs reads in the same way. */
const CHANNEL = /^\/channels\/((?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})+)$/i;

/**
 * Whether the admin listener answers a request without a token. The comparison is exact: another spelling of a public
 * path needs a token.
 */
export function isPublicOnAdmin({ method, url = '' }: IncomingMessage): boolean {
  return READS.has(method) && PUBLIC_PATHS.test(pathOf(url));
}

/** Throws a `TokenFault` if a token does not permit a request to the admin listener. */
export function demandScope({ method, url = '' }: IncomingMessage, claims: TokenClaims): void {
  if (claims.hasScope(ADMIN_SCOPE)) return;
  if (claims.hasScope(METRICS_SCOPE) && READS.has(method) && pathOf(url) === METRICS_PATH) return;
  if (method !== 'POST' || !claims.hasScope(PUBLISH_SCOPE)) throw new TokenFault('scope');
  const id = channelOf(pathOf(url));
  if (id === undefined) throw new TokenFault('scope');
  if (!claims.permitsChannel(id)) throw new TokenFault('channel');
}

function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

function channelOf(path: string): string | undefined {
  const encoded = CHANNEL.exec(path)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
