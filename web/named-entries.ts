import { TaskNames } from './task-name.js';
import type { TimelineEntry } from './timeline-entry.js';

/** The names of the tasks in a list of entries that grows. Reads each entry once. */
export class NamedEntries {
  #names = new TaskNames();
  #entries: readonly TimelineEntry[] | undefined;
  #read = 0;

  /** @param entries the list of the last call, with more entries; or another list, which starts over */
  namesOf(entries: readonly TimelineEntry[]): TaskNames {
    if (entries !== this.#entries) {
      this.#names = new TaskNames();
      this.#entries = entries;
      this.#read = 0;
    }
    for (; this.#read < entries.length; this.#read++) {
      const { task } = entries[this.#read]!;
      if (task !== undefined) this.#names.add(task);
    }
    return this.#names;
  }
}
