import type { Summary } from '../../../client/summary.js';
import { formatCompact } from '../figures.js';

interface TaskBarProps {
  readonly tasks: Summary['tasks'];
  /** The sum of the three counts. */
  readonly done: number;
  /** The counts are lower bounds. */
  readonly partial: boolean;
}

/** The tasks of a channel: a bar with a part for each outcome, and their number. */
export function TaskBar({ tasks: { completed, failed, skipped }, done, partial }: TaskBarProps) {
  const text = `${completed} completed, ${failed} failed, ${skipped} skipped${partial ? ', at least' : ''}`;
  return (
    <>
      <span class="bar" role="img" aria-label={text} title={text}>
        {completed > 0 && <span class="part completed" style={{ flexGrow: String(completed) }} />}
        {failed > 0 && <span class="part failed" style={{ flexGrow: String(failed) }} />}
        {skipped > 0 && <span class="part skipped" style={{ flexGrow: String(skipped) }} />}
      </span>
      <span class="done">
        {formatCompact(done)}
        {partial ? '+' : ''}
      </span>
    </>
  );
}
