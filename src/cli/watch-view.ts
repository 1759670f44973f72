import type { Continuation, ProgressMessage, ResetReason, Summary } from 'recodex-monitor/client';
import type { WatchResult } from './watch-result.js';

/** Shows a watched job. */
export interface WatchView {
  /** The connection is open. */
  live(): void;
  message(message: ProgressMessage, summary: Summary): void;
  reset(reason: ResetReason): void;
  /** The log of the job continues under a new epoch. A note explains what that means for the counts. */
  continuation(continuation: Continuation): void;
  /**
   * The connection is lost.
   *
   * @param at time of the next attempt, in milliseconds since 1970
   */
  retry(at: number, reason: string): void;
  /** Shows a remark about the job. */
  note(text: string): void;
  /** Shows the result and releases the terminal. */
  end(result: WatchResult): void;
}

/** The text that explains a reset to a user. */
export const RESET_TEXTS: Readonly<Record<ResetReason, string>> = {
  epoch: 'the monitor started a new log for this job: counting starts again',
  trimmed: 'the monitor no longer has the first messages of this job: counting the others',
};
