/**
 * What a stream delivers, with the names of the wire, or what happens to the stream. One line of a recording holds one
 * item.
 */
export interface WatchedItem {
  /** The position of a message, `<epoch>-<seq>`. The legacy protocol has none. */
  readonly id?: string;
  readonly time?: string;
  readonly command?: string;
  readonly task_id?: string;
  readonly task_state?: string;
  /** The stream starts over. */
  readonly reset?: string;
  /** The log continues after this position, under the new `epoch`. */
  readonly continues?: string;
  readonly epoch?: string;
  /** The connection was lost, for this reason. The watcher connects again. */
  readonly lost?: string;
  /** The stream has ended for good, for this reason. */
  readonly end?: string;
  /** What arrived is not an item: the beginning of the text. */
  readonly malformed?: string;
}

const FIELDS = [
  'id',
  'time',
  'command',
  'task_id',
  'task_state',
  'reset',
  'continues',
  'epoch',
  'lost',
  'end',
  'malformed',
] as const satisfies readonly (keyof WatchedItem)[];

/** Characters of a malformed text that are kept. */
const EXCERPT = 80;

/** Parses a text from the wire: one item, or an array of items. Never throws. */
export function parseFrame(text: string): WatchedItem[] {
  try {
    const frame: unknown = JSON.parse(text);
    return (Array.isArray(frame) ? frame : [frame]).map((value) => readItem(value) ?? malformed(text));
  } catch {
    return [malformed(text)];
  }
}

/** Reads an item from parsed JSON. `undefined`: the value is not an item. Fields that are unknown are left out. */
export function readItem(value: unknown): WatchedItem | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = value as Record<string, unknown>;
  const item: Record<string, string> = {};
  for (const name of FIELDS) {
    const field = fields[name];
    if (field === undefined) continue;
    if (typeof field !== 'string') return undefined;
    item[name] = field;
  }
  return item;
}

/** An item that stands for a text that is none. */
export function malformed(text: string): WatchedItem {
  return { malformed: text.slice(0, EXCERPT) };
}
