import type { IncomingMessage } from 'node:http';
import { ForbiddenException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { foreignOriginOf } from './foreign-origin.js';

/** Methods that change nothing. */
const SAFE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Values of `Sec-Fetch-Site` for a page of this server, and for a request that the user made without a page. */
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none']);

/**
 * Refuses a request that changes something when a page of another origin sent it. The browser of an operator reaches the
 * admin listener, so any web site that the operator visits could send such a request. Not a global guard: Nest would run
 * it for each message of a WebSocket.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    if (SAFE.has(request.method)) return true;
    const origin = foreignOrigin(request);
    if (origin === undefined) return true;
    throw new ForbiddenException(
      `Expected a request from a page of this server or from a program; a page of ${origin} sent it`,
    );
  }
}

/** The origin of the page that sent a request; `undefined` for a page of this server and for a program. */
function foreignOrigin(request: IncomingMessage): string | undefined {
  const origin = foreignOriginOf(request);
  if (origin !== undefined) return origin;
  // Browsers leave `Origin` out of some requests.
  const site = request.headers['sec-fetch-site'];
  return OWN_SITES.has(site) ? undefined : `another origin (Sec-Fetch-Site: ${String(site).slice(0, 20)})`;
}
