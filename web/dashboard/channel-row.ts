import type { Summary } from '../../client/summary.js';

/** The summary of a channel, as the admin listener gives it. */
export interface ListedChannel extends Summary {
  readonly id: string;
  readonly position: string;
  readonly subscribers: number;
}

/** Changes of the list of channels, from `GET /events`. */
export interface ChannelBatch {
  /** The list starts again with this batch. */
  readonly reset: boolean;
  readonly channels: readonly ListedChannel[];
  /** Ids of channels that the list no longer contains. */
  readonly removed: readonly string[];
  /** Number of channels that match the filter, whether or not the list contains them. */
  readonly matching: number;
  /** The last batch after a reset, and every change after it. */
  readonly complete: boolean;
}

export type RowState = Summary['state'];

/** One row of the table of channels. */
export interface ChannelRow {
  readonly id: string;
  readonly position: string;
  readonly state: RowState;
  readonly attempt: number;
  readonly tasks: Summary['tasks'];
  /** Number of tasks in all three outcomes. */
  readonly done: number;
  readonly messages: number;
  readonly partial: boolean;
  readonly subscribers: number;
  /** Time of the last message by the clock of the monitor, in milliseconds since 1970; 0 without a message. */
  readonly updatedAt: number;
}

/** The row of a channel. */
export function toRow(channel: ListedChannel): ChannelRow {
  const { id, position, state, attempt, tasks, messages, partial, subscribers, updated_at } = channel;
  const done = tasks.completed + tasks.failed + tasks.skipped;
  const updatedAt = updated_at === null ? 0 : Date.parse(updated_at) || 0;
  return { id, position, state, attempt, tasks, done, messages, partial, subscribers, updatedAt };
}
