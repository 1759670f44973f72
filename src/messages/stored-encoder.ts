import type { StoredEncoder } from './encoder.js';
import { legacyFrames } from './legacy-frames.js';

/** The encoding in which logs store messages: most clients read it, and it takes less memory than the others. */
export const storedEncoder: StoredEncoder = legacyFrames;
