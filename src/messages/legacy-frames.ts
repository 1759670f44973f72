import type { StoredEncoder } from './encoder.js';
import { legacyJson, parseLegacyJson } from './legacy-json.js';
import { encodeTextFrame, frameEnd, framePayload } from './text-frame.js';

/** Legacy protocol: each message as JSON in one WebSocket text frame, byte for byte as the original monitor writes it. */
export const legacyFrames: StoredEncoder = {
  encode: ({ message }) => encodeTextFrame(legacyJson(message)),
  endOf: frameEnd,
  decode: (bytes, start, end) => parseLegacyJson(framePayload(bytes, start, end)),
};
