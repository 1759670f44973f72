/** A position in the log of a channel: the last message that a client has received (0: none yet). */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Writes a position as `<epoch>-<seq>`, the `id` of a message on the wire. */
export function formatPosition(epoch: string, seq: number): string {
  return `${epoch}-${seq}`;
}

/** Reads `<epoch>-<seq>`. Returns `undefined` for any other text. */
export function parsePosition(text: string): Position | undefined {
  const match = /^([0-9a-z]{1,64})-(\d{1,15})$/.exec(text);
  return match ? { epoch: match[1]!, seq: Number(match[2]) } : undefined;
}

/**
 * Parses the position that a client sends. `undefined`: the client sends no position. `null`: the text is not a
 * position.
 */
export function readPosition(text: string | undefined): Position | null | undefined {
  return text === undefined ? undefined : (parsePosition(text) ?? null);
}
