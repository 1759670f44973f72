import type { StoredEncoder } from './encoder.js';
import { legacyFrames } from './legacy-frames.js';

/** The encoding in which logs store messages. Most clients read this encoding, and it takes the least memory. */
export const storedEncoder: StoredEncoder = legacyFrames;
