import type { Logger } from '@nestjs/common';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { canOpenFile, type Capacity, capacityFor, filesFor, openFilesLimit } from './open-files.js';

/** Milliseconds between two checks whether files can still be opened. */
const INTERVAL = 5000;

/** Computes the capacity from the limit of open files, and warns when no more files can be opened. */
export class OpenFilesWatch {
  readonly capacity: Capacity;
  private readonly limit = openFilesLimit();
  private readonly exhausted: ThrottledWarning;
  private timer: NodeJS.Timeout | undefined;

  /** @param clients `limits.connections` */
  constructor(
    private readonly clients: number,
    private readonly logger: Logger,
  ) {
    this.capacity = capacityFor(clients, this.limit);
    this.exhausted = new ThrottledWarning(logger, 'No open files left: dropping new connections');
  }

  start(): void {
    const needed = filesFor(this.clients);
    if (this.limit !== undefined && this.limit < needed) {
      this.logger.warn({
        message: 'limits.connections needs more open files than are permitted: raise LimitNOFILE (ulimit -n)',
        'limits.connections': this.clients,
        open_files: this.limit,
        needed,
        clients: this.capacity.clients,
      });
    }
    this.timer = setInterval(() => this.check(), INTERVAL).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private check(): void {
    if (!canOpenFile()) this.exhausted.warn({ open_files: this.limit ?? 'unknown' });
  }
}
