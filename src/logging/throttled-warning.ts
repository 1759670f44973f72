import type { Logger } from '@nestjs/common';

/** Milliseconds between two log lines of one warning. */
const INTERVAL = 10_000;

/**
 * Logs the first of many equal warnings. Then logs at most one warning per interval, with the number of warnings since
 * the last log line.
 */
export class ThrottledWarning {
  private unreported = 0;
  private loggedAt = -Infinity;

  constructor(
    private readonly logger: Logger,
    private readonly message: string,
    private readonly level: 'warn' | 'error' = 'warn',
  ) {}

  warn(fields: Record<string, string | number> = {}): void {
    this.unreported++;
    const now = performance.now();
    if (now - this.loggedAt < INTERVAL) return;
    this.logger[this.level]({ message: this.message, ...fields, times: this.unreported });
    this.loggedAt = now;
    this.unreported = 0;
  }
}
