/** A message of a channel's stream, as protocol.md has it on the wire. */
export interface StreamMessage {
  /** `<epoch>-<seq>` */
  readonly id: string;
  /** ISO 8601 */
  readonly time: string;
  readonly command: string;
  readonly task_id?: string;
  readonly task_state?: string;
}

/** The server lost the position, or what came before: drop all that came so far. */
export interface StreamReset {
  readonly reset: string;
}

/** Reads a frame of a stream; `undefined` for anything else, which a later server may send. */
export function parseFrame(text: string): StreamMessage | StreamReset | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof frame !== 'object' || frame === null) return undefined;
  return isReset(frame) || isMessage(frame) ? frame : undefined;
}

function isReset(frame: object): frame is StreamReset {
  return 'reset' in frame && typeof frame.reset === 'string';
}

function isMessage(frame: object): frame is StreamMessage {
  const { id, time, command, task_id, task_state } = frame as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    /^.+-\d{1,15}$/.test(id) &&
    typeof time === 'string' &&
    typeof command === 'string' &&
    ['string', 'undefined'].includes(typeof task_id) &&
    ['string', 'undefined'].includes(typeof task_state)
  );
}
