import type { ProgressMessage } from '../messages/progress-message.js';
import type { RejectReason } from './validate.js';

/** The injection token of the `MessageSource`. */
export const MESSAGE_SOURCE = Symbol('MessageSource');

/** The injection token of the `MessageSource` of an edge, which `src/relay` provides. */
export const EDGE_SOURCE = Symbol('EdgeSource');

/** Gets the messages of a source. The methods are synchronous and never throw. */
export interface MessageSink {
  /**
   * A valid message. The messages of a producer arrive in the order in which it sent them.
   *
   * @param receivedAt when the source received it, or the first message of its batch, in ms on the clock of
   *   `performance.now`
   */
  message(message: ProgressMessage, receivedAt: number): void;
  /** An invalid message, which the source has discarded. */
  rejected(reason: RejectReason): void;
  /** The exit request of the original protocol. The sink decides whether to obey it. */
  exitRequested(): void;
}

/** The state of a source, for health checks. */
export interface SourceStatus {
  /** The endpoint at which the source receives, such as `tcp://127.0.0.1:7894`; `null` while it does not receive. */
  readonly endpoint: string | null;
  /** Producers that are connected now; 0 while the source does not receive. */
  readonly peers: number;
}

/**
 * A source of messages. `start` is called once. `stop` may be called at any time: a shutdown can begin before or during
 * the start.
 */
export interface MessageSource {
  /** The state at this moment. Reading it never throws. */
  readonly status: SourceStatus;

  /**
   * Starts receiving. Resolves when producers can connect. Rejects with an error for the operator that names the
   * configuration key when the source can't be opened. The source then makes no other attempt.
   *
   * A source that breaks later reports `endpoint: null`, and tries to reopen once a second until `stop`. The caller
   * need not react. Producers reconnect by themselves.
   *
   * Rejects after `stop`, and when `stop` interrupts the start.
   */
  start(sink: MessageSink): Promise<void>;

  /**
   * Applies changed settings, and reads files again that the settings name. Throws an error for the operator, with the
   * key, when a setting can't take effect. The former settings then stay in effect.
   */
  reload?(): void;

  /**
   * Stops receiving. Resolves when the sink has all messages that the source has received; no message follows. Rejects
   * when the source does not close in time. `stop` is final and idempotent: every call returns the same promise.
   */
  stop(): Promise<void>;
}
