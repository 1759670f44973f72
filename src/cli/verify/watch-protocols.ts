import { eventStreamWatch } from './event-stream-watch.js';
import { libraryWatch } from './library-watch.js';
import type { WatchConnection, WatchTarget } from './watch-connection.js';
import { legacySocketWatch, streamSocketWatch } from './websocket-watch.js';

/** The ways to watch a channel, in the order in which watchers use them in turn. */
export const WATCH_PROTOCOLS = ['v2', 'v1', 'legacy', 'sse', 'library'] as const;
export type WatchProtocol = (typeof WATCH_PROTOCOLS)[number];

/** The ways that can carry a token. */
export const PROTOCOLS_WITH_TOKEN = WATCH_PROTOCOLS.filter((protocol) => protocol !== 'legacy');

/** Connects to a channel. */
export function watchConnection(protocol: WatchProtocol, target: WatchTarget): WatchConnection {
  switch (protocol) {
    case 'v2':
    case 'v1':
      return streamSocketWatch(target, `recodex.${protocol}`);
    case 'legacy':
      return legacySocketWatch(target.base, target.channel);
    case 'sse':
      return eventStreamWatch(target);
    case 'library':
      return libraryWatch(target);
  }
}
