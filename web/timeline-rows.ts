import type { TaskNames } from './task-name.js';
import type { EntryKind, TimelineEntry } from './timeline-entry.js';

/** Which entries of the timeline are shown. */
export type TimelineFilter = 'all' | 'failed' | 'skipped';

/** How the timeline shows its entries. */
export interface TimelineView {
  readonly filter: TimelineFilter;
  /** Only tasks with this text in their name or id are shown. */
  readonly search: string;
  /** The failed tasks of the present attempt come first. */
  readonly failuresFirst: boolean;
  /** The tasks of a test are one row, which can be opened. */
  readonly grouped: boolean;
  /** The keys of the groups that are open. */
  readonly open: ReadonlySet<string>;
}

/** The tasks of one test in one attempt. */
export interface TaskGroup {
  readonly key: string;
  readonly test: string;
  readonly tasks: readonly TimelineEntry[];
}

/** A row of the timeline: an entry, the tasks of a test, or one of these tasks below its open group. */
export type TimelineRow =
  | TimelineEntry
  | { readonly group: TaskGroup; readonly isOpen: boolean }
  | { readonly inside: TimelineEntry };

type Item = TimelineEntry | TaskGroup;

const SHOWN: Readonly<Record<Exclude<TimelineFilter, 'all'>, ReadonlySet<EntryKind>>> = {
  failed: new Set(['failed', 'bad', 'aborted']),
  skipped: new Set(['skipped']),
};

/** The number of entries that each filter shows. The headings of the attempts do not count. */
export type FilterCounts = Record<TimelineFilter, number>;

export function countEntry({ kind }: TimelineEntry, counts: FilterCounts): void {
  if (kind !== 'attempt') counts.all++;
  if (SHOWN.failed.has(kind)) counts.failed++;
  if (SHOWN.skipped.has(kind)) counts.skipped++;
}

/** The rows from the bottom of the timeline to its top. Without a choice, they are the entries themselves. */
export function timelineRows(
  entries: readonly TimelineEntry[],
  names: TaskNames,
  view: TimelineView,
): readonly TimelineRow[] {
  const { filter, search, grouped, failuresFirst, open } = view;
  const isWhole = filter === 'all' && search.trim() === '';
  const matching = isWhole ? entries : entries.filter(matcher(names, view));
  const items = grouped ? withGroups(matching, names) : matching;
  const sorted = failuresFirst ? withFailuresLast(items) : items;
  return grouped ? sorted.flatMap((item) => rowsOf(item, open)) : (sorted as readonly TimelineEntry[]);
}

function rowsOf(item: Item, open: ReadonlySet<string>): TimelineRow[] {
  if (!isGroup(item)) return [item];
  if (!open.has(item.key)) return [{ group: item, isOpen: false }];
  return [...item.tasks.map((inside) => ({ inside })), { group: item, isOpen: true }];
}

function matcher(names: TaskNames, { filter, search }: TimelineView): (entry: TimelineEntry) => boolean {
  const wanted = search.trim().toLocaleLowerCase();
  const contains = (text: string | undefined): boolean => !!text?.toLocaleLowerCase().includes(wanted);
  const kinds = filter === 'all' ? undefined : SHOWN[filter];
  return ({ kind, text, task }) => {
    // The heading of an attempt says to which attempt the rows above it belong.
    if (kind === 'attempt') return wanted === '';
    if (kinds && !kinds.has(kind)) return false;
    return wanted === '' || contains(text) || (task !== undefined && contains(names.nameOf(task)));
  };
}

/** Replaces the tasks of each test by one group, at the place of the first task. */
function withGroups(entries: readonly TimelineEntry[], names: TaskNames): Item[] {
  const items: Item[] = [];
  const groups = new Map<string, TimelineEntry[]>();
  let attempt = 0;
  for (const entry of entries) {
    if (entry.kind === 'attempt') attempt++;
    const test = entry.task === undefined ? undefined : names.testOf(entry.task);
    if (test === undefined) {
      items.push(entry);
      continue;
    }
    const key = `${attempt} ${test}`;
    const tasks = groups.get(key);
    if (tasks) tasks.push(entry);
    else {
      const first = [entry];
      groups.set(key, first);
      items.push({ key, test, tasks: first });
    }
  }
  return items;
}

function withFailuresLast(items: readonly Item[]): readonly Item[] {
  let start = items.length;
  while (start > 0 && !isAttempt(items[start - 1]!)) start--;
  const present = items.slice(start);
  return [
    ...items.slice(0, start),
    ...present.filter((item) => !hasFailed(item)),
    ...present.filter(hasFailed),
  ];
}

function hasFailed(item: Item): boolean {
  return isGroup(item) ? item.tasks.some(hasFailed) : item.kind === 'failed' || item.kind === 'bad';
}

function isAttempt(item: Item): boolean {
  return !isGroup(item) && item.kind === 'attempt';
}

function isGroup(item: Item): item is TaskGroup {
  return 'tasks' in item;
}
