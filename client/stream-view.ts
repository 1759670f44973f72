import type { ProgressStream } from './progress-stream.js';

/** What a stream shows. The stream writes it, and the user of the stream reads it. */
export type StreamView = {
  -readonly [
    Name in 'state' | 'position' | 'heardAt' | 'retryAt' | 'summary' | 'lostReason' | 'end'
  ]: ProgressStream[Name];
};
