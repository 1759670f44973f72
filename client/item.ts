/** A command that a worker or the broker sends. A later version may send others. */
export type Command =
  | 'DOWNLOADED'
  | 'STARTED'
  | 'TASK'
  | 'ENDED'
  | 'UPLOADED'
  | 'FINISHED'
  | 'FAILED'
  | 'ABORTED'
  // Editors still offer the names above. A plain `string` would absorb them.
  | (string & {});

/** The outcome of a task. A later version may send others. */
export type TaskState = 'COMPLETED' | 'FAILED' | 'SKIPPED' | (string & {});

/** A message of a channel, as on the wire. `time` is ISO 8601 in UTC, `id` is `<epoch>-<seq>`. */
export interface StreamMessage {
  readonly id: string;
  readonly time: string;
  readonly command: Command;
  readonly task_id?: string;
  readonly task_state?: TaskState;
}

/** `epoch`: the channel has a new log. `trimmed`: the server no longer keeps the oldest messages. */
export type ResetReason = 'epoch' | 'trimmed';

/** The stream starts over: drop everything received before this item. */
export interface Reset {
  readonly reset: ResetReason;
}

/**
 * The server was restarted without its last messages. The stream goes on under another epoch: keep everything. The counts
 * are lower bounds from now on.
 */
export interface Continuation {
  /** The last message of the old epoch that the server has. */
  readonly continues: string;
  /** The new epoch. The numbers go on. */
  readonly epoch: string;
}

/** One item of a stream. Only a reset has the property `reset`, and only a continuation has `continues`. */
export type Item = StreamMessage | Reset | Continuation;

const ID = /^(.+)-(\d{1,15})$/;

/** Parses a frame: one item or an array of items. Throws if the text is not a frame. */
export function parseItems(text: string): (Item | undefined)[] {
  const frame: unknown = JSON.parse(text);
  return [frame].flat().map(parseItem);
}

/** Parses one item. `undefined`: this version does not know the kind of item. Throws if the value is invalid. */
export function parseItem(value: unknown): Item | undefined {
  const item = value as Partial<StreamMessage & Reset & Continuation>;
  if (item.reset) return parseReset(item.reset);
  if (item.continues) return item as Continuation;
  if (item.id === undefined) return undefined;
  const { id, command, time = '', task_id = '', task_state = '' } = item;
  if (!ID.test(id) || [command, time, task_id, task_state].some((text) => typeof text !== 'string'))
    throw new TypeError('invalid item');
  return item as StreamMessage;
}

/** Parses the reason of a reset. An unknown reason counts as `epoch`. */
export function parseReset(text: string): Reset {
  return { reset: /trimmed/.test(text) ? 'trimmed' : 'epoch' };
}

/** The sequence number of `to` minus that of `from`; NaN if their epochs differ. */
export function distance(from: string, to: string): number {
  // Runs once per message. A regular expression makes the late join of a long job slower.
  const fromDash = from.lastIndexOf('-');
  const toDash = to.lastIndexOf('-');
  const sameEpoch = from.slice(0, fromDash) === to.slice(0, toDash);
  return sameEpoch ? Number(to.slice(toDash + 1)) - Number(from.slice(fromDash + 1)) : Number.NaN;
}
