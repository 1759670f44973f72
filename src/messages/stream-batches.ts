import type { Encoder } from './encoder.js';
import { streamJson } from './stream-json.js';
import { frameHeader } from './text-frame.js';

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** Sub-protocol `recodex.v2`: items of the stream as JSON arrays, each array in one WebSocket text frame. */
export const streamBatches: Encoder = {
  encode: (entry) => `${streamJson(entry)},`,
  wrap: encodeBatch,
};

/** A text frame with an empty array. */
export const EMPTY_BATCH = Buffer.from(`${frameHeader(2)}[]`, 'latin1');

/** Wraps items in a JSON array. Each item ends with a comma, and the last comma becomes the closing bracket. */
function encodeBatch(items: Buffer): Buffer {
  const header = frameHeader(items.length + 1);
  // Not allocated from Node's pool: a log keeps the frame, and a short frame would keep 8 KiB of the pool in memory.
  const frame = Buffer.allocUnsafeSlow(header.length + 1 + items.length);
  frame.write(header, 'latin1');
  frame[header.length] = OPENING_BRACKET;
  items.copy(frame, header.length + 1);
  frame[frame.length - 1] = CLOSING_BRACKET;
  return frame;
}
