import { readItem, type WatchedItem } from './watched-item.js';

/** One line of a recording. */
export interface RecordedLine {
  readonly channel?: string | undefined;
  readonly watcher?: string | undefined;
  /** Milliseconds since 1970. */
  readonly received?: number | undefined;
  readonly item: WatchedItem;
}

/** The names that programs give to the channel of a line. */
const CHANNEL_KEYS = ['channel', 'channel_id', 'channelId'] as const;

/** Parses a line of NDJSON. `undefined`: the line is not a JSON object with the fields of an item. */
export function parseRecordedLine(text: string): RecordedLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const item = readItem(value);
  if (!item) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  return {
    channel: CHANNEL_KEYS.map((key) => textOf(fields[key])).find((channel) => channel !== undefined),
    watcher: textOf(fields['watcher']),
    received: typeof fields['received'] === 'number' ? fields['received'] : undefined,
    item,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
