import type { ProgressMessage, ResetReason, Summary } from 'recodex-monitor/client';

/** How a watched job is shown. */
export interface WatchView {
  live(): void;
  message(message: ProgressMessage, summary: Summary): void;
  reset(reason: ResetReason): void;
  /** @param at when the next attempt is, in milliseconds since 1970 */
  retry(at: number, why: string): void;
  /** Tells something that is no message. */
  note(text: string): void;
  /** Shows the last line and releases the terminal. */
  end(line: string): void;
}

/** What a watcher is told about a stream that starts over. */
export const RESETS: Readonly<Record<ResetReason, string>> = {
  epoch: 'the monitor has begun a new log for this job: starting over',
  trimmed: 'the monitor no longer has the first messages of this job: counting what is left',
};
