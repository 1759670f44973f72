import type { Logger } from '@nestjs/common';

/** Milliseconds between two warnings of the same kind. */
const QUIET = 10_000;

/** Logs the first of many like warnings, and then one now and again that tells how many there were. */
export class ThrottledWarning {
  private unsaid = 0;
  private last = -Infinity;

  constructor(
    private readonly logger: Logger,
    private readonly message: string,
  ) {}

  warn(fields: Record<string, string | number> = {}): void {
    this.unsaid++;
    const now = performance.now();
    if (now - this.last < QUIET) return;
    this.logger.warn({ message: this.message, ...fields, times: this.unsaid });
    this.last = now;
    this.unsaid = 0;
  }
}
