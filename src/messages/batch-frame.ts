import type { Encoder } from '../channels/log.js';
import { frameHeader } from './text-frame.js';
import { streamJson } from './stream-json.js';

const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** The stream's messages as JSON arrays, each array one WebSocket text frame. */
export const STREAM_BATCHES: Encoder = {
  encode: (json, id, time) => `${streamJson(json, id, time)},`,
  wrap: (encoded) => batchFrame(encoded),
};

/** A text frame with an empty array. */
export const EMPTY_BATCH = Buffer.from(`${frameHeader(2)}[]`, 'latin1');

/** Makes one text frame of items that end with a comma each: the last comma becomes the closing bracket. */
function batchFrame(items: Buffer): Buffer {
  const header = frameHeader(items.length + 1);
  // Not from Node's pool: a short frame that a log keeps would hold 8 KiB of the pool.
  const frame = Buffer.allocUnsafeSlow(header.length + 1 + items.length);
  frame.write(header, 'latin1');
  frame[header.length] = OPENING_BRACKET;
  items.copy(frame, header.length + 1);
  frame[frame.length - 1] = CLOSING_BRACKET;
  return frame;
}
