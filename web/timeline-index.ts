import { TaskNames } from './task-name.js';
import type { TimelineEntry } from './timeline-entry.js';
import { countEntry, type FilterCounts } from './timeline-rows.js';

/** What is known about a list of entries that grows. Reads each entry once. */
export class TimelineIndex {
  names = new TaskNames();
  /** The number of entries that each filter shows. */
  counts: FilterCounts = { all: 0, failed: 0, skipped: 0 };
  /** The number of entries that have been read. */
  size = 0;
  #entries: readonly TimelineEntry[] | undefined;

  /** The number of new entries in the list of the last call of `read`; 0 for another list. */
  unread(entries: readonly TimelineEntry[]): number {
    return entries === this.#entries ? entries.length - this.size : 0;
  }

  /** @param entries the list of the last call, with more entries; or another list, which starts over */
  read(entries: readonly TimelineEntry[]): this {
    if (entries !== this.#entries) {
      this.names = new TaskNames();
      this.counts = { all: 0, failed: 0, skipped: 0 };
      this.#entries = entries;
      this.size = 0;
    }
    for (; this.size < entries.length; this.size++) {
      const entry = entries[this.size]!;
      if (entry.task !== undefined) this.names.add(entry.task);
      countEntry(entry, this.counts);
    }
    return this;
  }
}
