import type { IncomingMessage } from 'node:http';

/**
 * Whether a request with `Upgrade` asks for a WebSocket; every other upgrade is ignored. From a list of upgrades,
 * chooses the WebSocket if the request has a WebSocket key, and removes the others from the header.
 */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  const offers = (headers.upgrade ?? '').split(',').map((name) => name.trim().toLowerCase());
  if (!offers.includes('websocket')) return false;
  if (offers.length > 1 && headers['sec-websocket-key'] === undefined) return false;
  headers.upgrade = 'websocket';
  return true;
}
