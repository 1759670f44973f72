// The entry of the package for bundlers: the interface of client.ts. The later parts are chunks.
import type { WatchOptions } from './options.js';
import { ProgressStream } from './progress-stream.js';

export type * from './client.js';
export { ProgressStream } from './progress-stream.js';
export { EMPTY, reduce } from './summary.js';
export { channelUrl } from './url.js';

function watchWithLazyParts(url: string | URL, options?: WatchOptions): ProgressStream {
  return new ProgressStream(url, options, () => import('./later-parts.js'));
}

export { watchWithLazyParts as watch };
