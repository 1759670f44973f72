/** The id of the entry before the first one. */
export const START = '0-0';

/**
 * The id of an entry in the stream: `<token>-<batch>`. The token names the time in which one process leads, and grows with
 * each takeover. Batches count from 0 without gaps.
 */
export interface EntryId {
  readonly token: number;
  readonly batch: number;
}

/** Reads an id that Redis has written. */
export function parseEntryId(text: string): EntryId {
  const [token = '', batch = ''] = text.split('-');
  return { token: Number(token), batch: Number(batch) };
}

/** Negative when `a` comes before `b`, 0 when they are equal. */
export function compareEntryIds(a: string, b: string): number {
  const [one, other] = [parseEntryId(a), parseEntryId(b)];
  return one.token - other.token || one.batch - other.batch;
}

/** Whether no entry lies between two entries: the second is the next batch, or the first one of a takeover. */
export function isNextEntry(before: string, id: string): boolean {
  const [last, next] = [parseEntryId(before), parseEntryId(id)];
  if (next.token === last.token) return next.batch === last.batch + 1;
  return next.token > last.token && next.batch === 0;
}
