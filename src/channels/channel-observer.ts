import type { Channel } from './channel.js';
import type { RemovalReason } from './sink.js';

/** Gets the changes of all channels. The methods are called in the hot path: they must be short. */
export interface ChannelObserver {
  /** The channel has new messages, or new requests of producers. */
  changed(channel: Channel): void;
  /** All channels are flushed: called once per turn, after `changed`. */
  flushed?(): void;
  /** The channel has another number of subscribers. */
  audienceChanged?(channel: Channel): void;
  /**
   * The log loses messages for which `changed` may not have been called yet: a new log replaces it, or a burst exceeds it.
   */
  discarding?(channel: Channel, cause: 'trimmed' | 'replaced'): void;
  /**
   * The channel is gone.
   *
   * @param reason why its subscribers were closed; `undefined`: it had expired or was empty, and had none
   */
  removed(channel: Channel, reason?: RemovalReason): void;
}
