import type { ProgressMessage, ResetReason } from '../client/item.js';
import { EMPTY, reduce, type Summary } from '../client/summary.js';
import { entryOf, type Entry, type EntryKind } from './entry.js';

/** Which entries a reader wants to see. */
export type Filter = 'all' | 'failed' | 'skipped';

type Lists = Readonly<Record<Filter, Entry[]>>;

const emptyLists = (): Lists => ({ all: [], failed: [], skipped: [] });

const SHOWN_AS_FAILED: ReadonlySet<EntryKind> = new Set(['failed', 'bad', 'aborted', 'attempt']);
const SHOWN_AS_SKIPPED: ReadonlySet<EntryKind> = new Set(['skipped', 'attempt']);

/** All that came of a channel: its summary, and its messages as lines, oldest first. */
export class Journal {
  summary: Summary = EMPTY;
  /** The last command that was not a task. */
  step: string | undefined;
  /** Why what came before was dropped, while that is worth knowing. */
  reset: ResetReason | undefined;
  /** The beginning is missing: every count is a lower bound. */
  partial = false;
  lists: Lists = emptyLists();

  add(message: ProgressMessage): void {
    // Sequence numbers begin with 1.
    if (this.summary.messages === 0) this.partial = !message.id.endsWith('-1');
    const { attempt } = this.summary;
    this.summary = reduce(this.summary, message);
    if (message.command !== 'TASK') this.step = message.command;
    const entry = entryOf(message);
    if (this.summary.attempt > attempt)
      this.#push({ kind: 'attempt', text: `Attempt ${this.summary.attempt}`, time: entry.time });
    this.#push(entry);
  }

  /** Drops everything. */
  clear(reset: ResetReason): void {
    this.summary = EMPTY;
    this.step = undefined;
    this.reset = reset;
    this.partial = reset === 'trimmed';
    this.lists = emptyLists();
  }

  #push(entry: Entry): void {
    this.lists.all.push(entry);
    if (SHOWN_AS_FAILED.has(entry.kind)) this.lists.failed.push(entry);
    if (SHOWN_AS_SKIPPED.has(entry.kind)) this.lists.skipped.push(entry);
  }
}
