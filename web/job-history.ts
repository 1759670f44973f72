import type { Continuation, StreamMessage, ResetReason } from '../client/item.js';
import { EMPTY, reduce, type Summary } from '../client/summary.js';
import { texts } from './texts.js';
import { toTimelineEntry, type TimelineEntry } from './timeline-entry.js';

/** When the tasks of the present attempt ran, in milliseconds since 1970 by the monitor's clock. */
interface TaskTimes {
  /** When the first task began, at the earliest; `undefined`: the beginning is missing. */
  readonly startedAt: number | undefined;
  /** When the last task ended. */
  readonly lastAt: number | undefined;
}

const NO_TIMES: TaskTimes = { startedAt: undefined, lastAt: undefined };

/** Everything received from a channel: the summary, and one timeline entry per message, oldest first. */
export class JobHistory {
  summary: Summary = EMPTY;
  /** The last command other than TASK. */
  lastStep: string | undefined;
  /** The reason of the last reset. */
  reset: ResetReason | undefined;
  /** Tasks of this attempt with an outcome other than completed, failed or skipped. */
  unknownOutcomes = 0;
  /** The last attempt was aborted, and no other attempt has started. */
  attemptAborted = false;
  /** A worker, or somebody else than the broker, has reported something. */
  hasWorker = false;
  times: TaskTimes = NO_TIMES;
  /** A new array after a reset. */
  entries: TimelineEntry[] = [];
  /** The time of the message before; `undefined`: another message may be missing in between. */
  #before: number | undefined;

  /** Returns the entry of the message. */
  add(message: StreamMessage): TimelineEntry {
    const { attempt } = this.summary;
    this.summary = reduce(this.summary, message);
    const { command } = message;
    if (command !== 'TASK') this.lastStep = command;
    if (command === 'ABORTED') this.attemptAborted = true;
    if (command !== 'FAILED' && command !== 'FINISHED') this.hasWorker = true;
    if (command === 'DOWNLOADED' || command === 'STARTED') this.#begin();
    const entry = toTimelineEntry(message, this.#before);
    if (this.summary.attempt > attempt) {
      this.unknownOutcomes = 0;
      this.entries.push({ kind: 'attempt', text: texts.attempt(this.summary.attempt), time: entry.time });
    }
    if (entry.kind === 'unknown') this.unknownOutcomes++;
    this.#follow(command, entry.time);
    this.entries.push(entry);
    return entry;
  }

  /** The monitor may have lost messages: the counts are lower bounds from now on. */
  continue(continuation: Continuation): void {
    this.summary = reduce(this.summary, continuation);
    this.#before = undefined;
  }

  /** Removes everything. */
  clear(reset: ResetReason): void {
    Object.assign(this, new JobHistory());
    this.#before = undefined;
    this.summary = reduce(EMPTY, { reset });
    this.reset = reset;
  }

  #begin(): void {
    this.attemptAborted = false;
    this.times = NO_TIMES;
  }

  #follow(command: string, time: number): void {
    const { startedAt } = this.times;
    if (command === 'TASK') this.times = { startedAt: startedAt ?? this.#before, lastAt: time };
    this.#before = Number.isFinite(time) ? time : undefined;
  }
}
