import type { RecentWarnings } from '../logging/recent-warnings.js';

/** The running program, as the command line started it. */
export class Program {
  /** Milliseconds since 1970. */
  readonly startedAt = Date.now();

  /** @param configurationFile the absolute path; `null` without a file */
  constructor(
    readonly version: string,
    readonly configurationFile: string | null,
    readonly warnings: RecentWarnings,
  ) {}
}
