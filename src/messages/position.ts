import { randomUUID } from 'node:crypto';

/** A place in one life of a channel's log: the last message somebody has seen (0: none yet). */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Names one life of a channel's log; unguessable enough never to meet itself again after a restart. */
export function newEpoch(): string {
  // The last 48 bits of a UUID are random, and Node keeps some in store: a tenth of the time of `randomBytes`.
  return randomUUID().slice(-12);
}

/** Writes a position as `<epoch>-<seq>`, the `id` of a message on the wire. */
export function formatPosition(epoch: string, seq: number): string {
  return `${epoch}-${seq}`;
}

/** Reads `<epoch>-<seq>`; anything else is `undefined`, which no log contains. */
export function parsePosition(text: string): Position | undefined {
  const match = /^([0-9a-z]{1,64})-(\d{1,15})$/.exec(text);
  return match ? { epoch: match[1]!, seq: Number(match[2]) } : undefined;
}

/**
 * Reads what a client says it has seen: `undefined` when it says nothing, `null` when that is no position (and so is
 * in no log).
 */
export function readPosition(text: string | undefined): Position | null | undefined {
  return text === undefined ? undefined : (parsePosition(text) ?? null);
}
