import type { Encoder } from '../messages/encoder.js';
import type { Position } from '../messages/position.js';

/** The reason for which a stream can't continue after the position of the client. */
export type ResetCause =
  /** The position is in another log. */
  | 'epoch'
  /** The log lacks messages after the position. */
  | 'trimmed';

/** The reason for which a channel ends a subscription. */
export type EndReason =
  /** FINISHED was delivered. */
  | 'finished'
  /** The job has failed and no message has followed. Only for a sink with `endsAfterFailure`. */
  | 'failed'
  /** No message for `retention.idle`. */
  | 'idle'
  /** The sink is too far behind, or has been blocked too long. */
  | 'slow'
  /** The channel was removed because a limit was exceeded. */
  | 'evicted'
  /** An unexpected error occurred in the channel or in the subscription. */
  | 'error';

/** The reason for which a channel is removed before its job has finished. */
export type RemovalReason = Extract<EndReason, 'idle' | 'evicted' | 'error'>;

/** The destination of a subscriber's messages, such as a connection. Its methods must not throw. */
export interface Sink {
  /** The encoding that the client reads. */
  readonly encoder: Encoder;
  /** Ends the subscription (`failed`) when the job has failed and no message follows; see `legacy.farewell`. */
  readonly endsAfterFailure?: boolean;
  /** Tells the client that the stream starts over. The first message follows. */
  reset(cause: ResetCause): void;
  /**
   * Tells the client that the log goes on under another epoch, and may lack messages after `from`. The client keeps its
   * messages up to `from`.
   */
  continues(from: Position, epoch: string): void;
  /**
   * Takes the bytes of whole messages. The sink always takes all bytes: it sends or buffers them, or discards them if
   * its connection is closing. False means: the channel must not write again until the sink calls
   * `Subscription.drained`.
   */
  write(bytes: Buffer): boolean;
  /** The channel ends the stream: the subscription is closed and writes nothing more. */
  end(reason: EndReason): void;
}

/** The sink's side of its subscription. Both methods may be called at any time, any number of times. */
export interface Subscription {
  /** The sink has taken every message, or the subscription is closed. */
  readonly caughtUp: boolean;
  /** The sink takes bytes again after a `write` that returned false. */
  drained(): void;
  /** Ends the subscription, because the client has left. */
  close(): void;
}
