import { Logger } from '@nestjs/common';
import type { Problem } from '../config/problem.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import type { ReloadRefusedError } from './reload-refused-error.js';
import type { ReloadReport } from './reload-report.js';

/** Problems of one reload in the log. The answer of the admin API has all. */
const MAX_PROBLEMS = 20;

/** Writes the course of each reload to the log. */
export class ReloadLog {
  private readonly logger = new Logger('Reload');
  private readonly refusals = new ThrottledWarning(this.logger, 'Refused to reload the configuration');

  /** Logged before the new level of the log takes effect. */
  begin(cause: string): void {
    this.logger.log({ message: 'Reloading the configuration', cause });
  }

  refused({ message }: ReloadRefusedError, cause: string): void {
    this.refusals.warn({ reason: message, cause });
  }

  invalid(problems: readonly Problem[]): void {
    this.logger.error({
      message: 'The configuration is not valid: the monitor keeps the previous one',
      problems: problems.length,
    });
    for (const { key, ...problem } of problems.slice(0, MAX_PROBLEMS))
      this.logger.error({ message: 'A problem of the configuration', ...(key && { key }), ...problem });
  }

  end({ applied, need_restart, parts }: ReloadReport): void {
    const reloaded = parts.filter(({ successful }) => successful).map(({ name }) => name);
    this.logger.log({
      message: 'Reloaded the configuration',
      applied: listOf(applied),
      parts: listOf(reloaded),
    });
    if (need_restart.length > 0)
      this.logger.warn({
        message: 'A change of the configuration needs a restart',
        keys: listOf(need_restart),
      });
    for (const { name, successful, reason } of parts)
      if (!successful)
        this.logger.error({
          message: 'A part could not be reloaded and keeps its state',
          part: name,
          reason,
        });
  }
}

function listOf(names: readonly string[]): string {
  return names.join(', ') || 'none';
}
