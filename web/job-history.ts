import type { Continuation, StreamMessage, ResetReason } from '../client/item.js';
import { EMPTY, reduce, type Summary } from '../client/summary.js';
import { toTimelineEntry, type EntryKind, type TimelineEntry } from './timeline-entry.js';

/** Which entries of the timeline are shown. */
export type TimelineFilter = 'all' | 'failed' | 'skipped';

type EntryLists = Readonly<Record<TimelineFilter, TimelineEntry[]>>;

const emptyLists = (): EntryLists => ({ all: [], failed: [], skipped: [] });

const SHOWN_AS_FAILED: ReadonlySet<EntryKind> = new Set(['failed', 'bad', 'aborted', 'attempt']);
const SHOWN_AS_SKIPPED: ReadonlySet<EntryKind> = new Set(['skipped', 'attempt']);

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
  lists: EntryLists = emptyLists();

  add(message: StreamMessage): void {
    const { attempt } = this.summary;
    this.summary = reduce(this.summary, message);
    const { command } = message;
    if (command !== 'TASK') this.lastStep = command;
    if (command === 'ABORTED') this.attemptAborted = true;
    if (command === 'DOWNLOADED' || command === 'STARTED') this.attemptAborted = false;
    const entry = toTimelineEntry(message);
    if (this.summary.attempt > attempt) {
      this.unknownOutcomes = 0;
      this.#push({ kind: 'attempt', text: `Attempt ${this.summary.attempt}`, time: entry.time });
    }
    if (entry.kind === 'unknown') this.unknownOutcomes++;
    this.#push(entry);
  }

  /** The monitor may have lost messages: the counts are lower bounds from now on. */
  continue(continuation: Continuation): void {
    this.summary = reduce(this.summary, continuation);
  }

  /** Removes everything. */
  clear(reset: ResetReason): void {
    this.summary = reduce(EMPTY, { reset });
    this.lastStep = undefined;
    this.reset = reset;
    this.unknownOutcomes = 0;
    this.attemptAborted = false;
    this.lists = emptyLists();
  }

  #push(entry: TimelineEntry): void {
    this.lists.all.push(entry);
    if (SHOWN_AS_FAILED.has(entry.kind)) this.lists.failed.push(entry);
    if (SHOWN_AS_SKIPPED.has(entry.kind)) this.lists.skipped.push(entry);
  }
}
