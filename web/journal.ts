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
  /** Tasks of this attempt that ended neither completed nor failed nor skipped. */
  unclear = 0;
  /** The last attempt was aborted, and no other has begun. */
  givenUp = false;
  lists: Lists = emptyLists();

  add(message: ProgressMessage): void {
    const { attempt } = this.summary;
    this.summary = reduce(this.summary, message);
    const { command } = message;
    if (command !== 'TASK') this.step = command;
    if (command === 'ABORTED') this.givenUp = true;
    if (command === 'DOWNLOADED' || command === 'STARTED') this.givenUp = false;
    const entry = entryOf(message);
    if (this.summary.attempt > attempt) {
      this.unclear = 0;
      this.#push({ kind: 'attempt', text: `Attempt ${this.summary.attempt}`, time: entry.time });
    }
    if (entry.kind === 'unknown') this.unclear++;
    this.#push(entry);
  }

  /** Drops everything. */
  clear(reset: ResetReason): void {
    this.summary = reduce(EMPTY, { reset });
    this.step = undefined;
    this.reset = reset;
    this.unclear = 0;
    this.givenUp = false;
    this.lists = emptyLists();
  }

  #push(entry: Entry): void {
    this.lists.all.push(entry);
    if (SHOWN_AS_FAILED.has(entry.kind)) this.lists.failed.push(entry);
    if (SHOWN_AS_SKIPPED.has(entry.kind)) this.lists.skipped.push(entry);
  }
}
