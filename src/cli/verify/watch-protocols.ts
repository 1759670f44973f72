import { eventStreamWatch } from './event-stream-watch.js';
import { libraryWatch } from './library-watch.js';
import type { WatchConnection } from './watch-connection.js';
import { legacySocketWatch, streamSocketWatch } from './websocket-watch.js';

/** The ways to watch a channel, in the order in which watchers use them in turn. */
export const WATCH_PROTOCOLS = ['v2', 'v1', 'legacy', 'sse', 'library'] as const;
export type WatchProtocol = (typeof WATCH_PROTOCOLS)[number];

/** Connects to a channel. @param base the monitor's public URL, with the path prefix of a proxy */
export function watchConnection(protocol: WatchProtocol, base: string, channel: string): WatchConnection {
  switch (protocol) {
    case 'v2':
    case 'v1':
      return streamSocketWatch(base, channel, `recodex.${protocol}`);
    case 'legacy':
      return legacySocketWatch(base, channel);
    case 'sse':
      return eventStreamWatch(base, channel);
    case 'library':
      return libraryWatch(base, channel);
  }
}
