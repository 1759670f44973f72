import type { Encoder } from './encoder.js';
import { formatPosition } from './position.js';
import { streamJson } from './stream-json.js';

/** Each item of the stream as a Server-Sent Event (WHATWG HTML, section 9.2). */
export const sseEvents: Encoder = {
  encode: (entry) => `id: ${formatPosition(entry.epoch, entry.seq)}\ndata: ${streamJson(entry)}\n\n`,
};
