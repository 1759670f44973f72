/** A message of a channel, as it comes over the wire; `time` is ISO 8601 in UTC, `id` is `<epoch>-<seq>`. */
export interface ProgressMessage {
  readonly id: string;
  readonly time: string;
  readonly command: string;
  readonly task_id?: string;
  readonly task_state?: string;
}

/** `epoch`: the channel began anew; `trimmed`: its oldest messages are no longer kept. */
export type ResetReason = 'epoch' | 'trimmed';

/** The stream starts over: drop all that came so far, what follows is all there is. */
export interface Reset {
  readonly reset: ResetReason;
}

/** What a stream is made of; `'reset' in item` tells the two apart. */
export type Item = ProgressMessage | Reset;

/** What only has to be text where it is. */
const TEXTS = ['time', 'task_id', 'task_state'] as const;

const ID = /^(.+)-(\d{1,15})$/;

/** Reads a frame: one item, or an array of items. Throws on anything that isn't a frame at all. */
export function parseItems(text: string): (Item | undefined)[] {
  const frame: unknown = JSON.parse(text);
  return Array.isArray(frame) ? frame.map(parseItem) : [parseItem(frame)];
}

/** Reads an item from its JSON value; `undefined` is one that a later server may send. Throws on what can't be one. */
export function parseItem(value: unknown): Item | undefined {
  const item = value as Partial<ProgressMessage & Reset>;
  if (item.reset) return resetOf(item.reset);
  if (item.id === undefined) return undefined;
  if (!ID.test(item.id) || typeof item.command !== 'string' || !TEXTS.every((key) => isText(item[key]))) {
    throw new TypeError('not an item of a stream');
  }
  return item as ProgressMessage;
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Reads the reason of a reset; an unknown one means what `epoch` means. */
export function resetOf(text: string): Reset {
  return { reset: /trimmed/.test(text) ? 'trimmed' : 'epoch' };
}

/** How many messages lie between two ids, the second counted; NaN when they are of different epochs. */
export function distance(from: string, to: string): number {
  const [, fromEpoch, fromSeq] = ID.exec(from) ?? [];
  const [, toEpoch, toSeq] = ID.exec(to) ?? [];
  return fromEpoch === toEpoch ? Number(toSeq) - Number(fromSeq) : Number.NaN;
}
