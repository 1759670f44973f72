import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds from the first change in a folder to the call: a certificate and its key are written one after the other. */
const DELAY = 1000;

/** Milliseconds between two calls without a known change. Some file systems, such as NFS, report no changes. */
export const POLL_INTERVAL = 60_000;

/**
 * Calls a function when files may have changed. It watches their folders, because programs replace a file by another
 * file, and Kubernetes replaces a symbolic link to the folder of the files.
 */
export class FolderWatch {
  private readonly watchers: FSWatcher[] = [];
  private poll: NodeJS.Timeout | undefined;
  private delay: NodeJS.Timeout | undefined;

  constructor(private readonly onChange: () => void) {}

  /** Starts to watch the folders of these files, and to poll. A folder that can't be watched is only polled. */
  start(paths: readonly string[]): void {
    this.poll = setInterval(this.onChange, POLL_INTERVAL).unref();
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.changed());
        watcher.on('error', () => watcher.close());
        this.watchers.push(watcher);
      } catch {
        // Polling remains.
      }
    }
  }

  stop(): void {
    clearInterval(this.poll);
    clearTimeout(this.delay);
    for (const watcher of this.watchers.splice(0)) watcher.close();
  }

  // At most one call in a delay, even when other programs write to the folder all the time.
  private changed(): void {
    this.delay ??= setTimeout(() => {
      this.delay = undefined;
      this.onChange();
    }, DELAY).unref();
  }
}
