import type { ProgressMessage, ResetReason, Summary } from 'recodex-monitor/client';

/** Shows a watched job. */
export interface WatchView {
  /** The connection is open. */
  live(): void;
  message(message: ProgressMessage, summary: Summary): void;
  reset(reason: ResetReason): void;
  /**
   * The connection is lost.
   *
   * @param at time of the next attempt, in milliseconds since 1970
   */
  retry(at: number, reason: string): void;
  /** Shows a remark about the job. */
  note(text: string): void;
  /** Shows the last line and releases the terminal. */
  end(line: string): void;
}

/** The text that explains a reset to a user. */
export const RESET_TEXTS: Readonly<Record<ResetReason, string>> = {
  epoch: 'the monitor started a new log for this job: counting starts again',
  trimmed: 'the monitor no longer has the first messages of this job: counting the others',
};
