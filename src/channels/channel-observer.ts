import type { Channel } from './channel.js';

/** Gets the changes of all channels. The methods are called on a busy path: they must be short and must not throw. */
export interface ChannelObserver {
  /** A channel has new messages, or another number of subscribers. */
  changed(channel: Channel): void;
  /** A channel was removed. */
  removed(channel: Channel): void;
}
