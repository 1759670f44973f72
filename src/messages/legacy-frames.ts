import type { StoredEncoder } from './encoder.js';
import { legacyJson, parseLegacyJson } from './legacy-json.js';
import { encodeTextFrame, framePayload } from './text-frame.js';

/** Legacy protocol: each message as JSON in one WebSocket text frame, byte for byte as the original monitor writes it. */
export const legacyFrames: StoredEncoder = {
  encode: ({ message }) => encodeTextFrame(legacyJson(message)),
  decode: (bytes, start, end) => parseLegacyJson(framePayload(bytes, start, end)),
};
