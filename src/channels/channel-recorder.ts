import type { Channel } from './channel.js';

/**
 * Gets the changes of all channels, to store them outside of the process. Its methods are called in the hot path, and must
 * not throw.
 */
export interface ChannelRecorder {
  /** The channel has new messages: all from those that the recorder knows to the end of the log. */
  appended(channel: Channel): void;
  /** All channels are flushed. Called once per turn, after `appended`. */
  flushed(): void;
  /** The channel is gone: expired, evicted or deleted. */
  removed(channel: Channel): void;
}
