import type { Channel } from './channel.js';

/** Gets the changes of all channels. The methods are called in the hot path: they must be short. */
export interface ChannelObserver {
  /** The channel has new messages, or new requests of producers. */
  changed(channel: Channel): void;
  /** All channels are flushed: called once per turn, after `changed`. */
  flushed?(): void;
  /** The channel has another number of subscribers. */
  audienceChanged?(channel: Channel): void;
  /** The channel is gone: expired, evicted or deleted. */
  removed(channel: Channel): void;
}
