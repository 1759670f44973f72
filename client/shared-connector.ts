import { SharedSession } from './shared-session.js';
import type { TabChannel, TabGlobals } from './tab-globals.js';
import type { ConnectionSource } from './transport.js';

/** Tabs understand each other if their libraries use the same format of messages. */
const FORMAT = 'recodex-monitor 1';

/**
 * Lets all tabs of an origin that follow the same URL use the connection of one of them, the leader. Without Web Locks or
 * BroadcastChannel, for example on a page without HTTPS, each tab has its own connection.
 * @param source opens the connections of this tab @param url names what the tabs share
 */
export function shareConnection(source: ConnectionSource, url: string): ConnectionSource {
  const name = `${FORMAT} ${url}`;
  return async (position, listener, signal) => {
    // The code of this module may have arrived after the abort.
    if (signal.aborted) return 'timeout';
    const { navigator, BroadcastChannel: Channel } = globalThis as TabGlobals;
    const locks = navigator?.locks;
    const channel = locks && Channel && openChannel(Channel, name);
    if (channel) {
      const session = new SharedSession(source, { position, listener, signal, channel });
      const outcome = await session.run(locks, name);
      if (outcome) return outcome;
    }
    return source(position, listener, signal);
  };
}

/** `undefined`: the browser forbids it, for example in a frame of another site. */
function openChannel(Channel: new (name: string) => TabChannel, name: string): TabChannel | undefined {
  try {
    return new Channel(name);
  } catch {
    return undefined;
  }
}
