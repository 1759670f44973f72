import { stat, statSync, type BigIntStats } from 'node:fs';

/** Milliseconds between two looks. */
const INTERVAL = 2000;

/**
 * Notices that a file changes. It polls, which also works for files on a network and for the links of Kubernetes.
 * `watchFile` of Node.js misses a change that happens before its first look.
 */
export class FilePoll {
  private version: string;
  private timer: NodeJS.Timeout | undefined;

  /** Create it before the file is read for the first time: it notices each change from now on. */
  constructor(private readonly path: string) {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    this.version = stats ? versionOf(stats) : '';
  }

  /** Calls `onChange` within two seconds after a change, also when the file can no longer be read. */
  start(onChange: () => void): void {
    this.timer = setInterval(() => this.look(onChange), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(onChange: () => void): void {
    stat(this.path, { bigint: true }, (error, stats) => {
      const version = error ? '' : versionOf(stats);
      if (this.timer === undefined || version === this.version) return;
      this.version = version;
      onChange();
    });
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
