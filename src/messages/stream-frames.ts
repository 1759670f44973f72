import type { Encoder } from './encoder.js';
import { streamJson } from './stream-json.js';
import { encodeTextFrame } from './text-frame.js';

/** Sub-protocol `recodex.v1`: each item of the stream in one WebSocket text frame. */
export const streamFrames: Encoder = {
  encode: (entry) => encodeTextFrame(streamJson(entry)),
};
