import type { Encoder } from '../messages/encoder.js';

/** Why a stream can't continue after the position of the client. */
export type ResetCause =
  /** The position is in another log. */
  | 'epoch'
  /** The log lacks messages after the position. */
  | 'trimmed';

/** Why a channel ends a subscription. */
export type EndReason =
  /** FINISHED was delivered. */
  | 'finished'
  /** The job has failed and stayed silent; only for a sink with `endsAfterFailure`. */
  | 'failed'
  /** No message for `retention.idle`. */
  | 'idle'
  /** The sink lags too far or too long behind. */
  | 'slow'
  /** The channel was removed to make room. */
  | 'evicted';

/** The receiver of a subscriber's messages, such as a connection. Its methods must not throw. */
export interface Sink {
  /** The encoding that the client reads. */
  readonly encoder: Encoder;
  /** Ends the subscription (`failed`) when the job has failed and no message follows; see `legacy.farewell`. */
  readonly endsAfterFailure?: boolean;
  /** Says that the stream starts over; the first message follows. */
  reset(cause: ResetCause): void;
  /**
   * Takes bytes, which are whole messages. The sink always takes all of them: it sends or buffers them, or discards them
   * if its connection is closing. False means: do not write again until `Subscription.drained` was called.
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
  /** The client is gone. */
  close(): void;
}
