import type { Logger } from '@nestjs/common';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { canOpenFile, type Capacity, capacityFor, filesFor, openFilesLimit } from './open-files.js';

/** Milliseconds between two checks whether files can still be opened. */
const INTERVAL = 5000;

/** Computes the capacity from the limit of open files, and warns when no more files can be opened. */
export class OpenFilesWatch {
  private current: Capacity;
  private limit: number | undefined;
  private readonly exhausted: ThrottledWarning;
  private timer: NodeJS.Timeout | undefined;

  /** @param settings `limits.connections`, read again by `update` */
  constructor(
    private readonly settings: { readonly connections: number },
    private readonly logger: Logger,
  ) {
    this.limit = openFilesLimit();
    this.current = capacityFor(settings.connections, this.limit);
    this.exhausted = new ThrottledWarning(logger, 'No open files left: dropping new connections');
  }

  get capacity(): Capacity {
    return this.current;
  }

  start(): void {
    this.warnOfShortage();
    this.timer = setInterval(() => this.check(), INTERVAL).unref();
  }

  /** Computes the capacity again. The limit of open files of a running process can change, too (`prlimit`). */
  update(): void {
    const { limit, current } = this;
    this.limit = openFilesLimit();
    this.current = capacityFor(this.settings.connections, this.limit);
    if (this.limit !== limit || this.current.connections !== current.connections) this.warnOfShortage();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private warnOfShortage(): void {
    const { connections } = this.settings;
    const needed = filesFor(connections);
    if (this.limit === undefined || this.limit >= needed) return;
    this.logger.warn({
      message: 'limits.connections needs more open files than are permitted: raise LimitNOFILE (ulimit -n)',
      'limits.connections': connections,
      open_files: this.limit,
      needed,
      clients: this.current.clients,
    });
  }

  private check(): void {
    if (!canOpenFile()) this.exhausted.warn({ open_files: this.limit ?? 'unknown' });
  }
}
