import type { Summary } from '../../client/summary.js';
import { texts } from '../texts.js';
import type { TaskOutcome } from '../timeline-entry.js';
import { Icon, ICONS } from './icon.js';

const OUTCOMES: readonly TaskOutcome[] = ['completed', 'failed', 'skipped'];

/** The number of tasks by outcome. Also the legend of the progress bar. */
export function Counts({ tasks }: { readonly tasks: Summary['tasks'] }) {
  const { formats, outcomeCounts, tasksByOutcome } = texts;
  return (
    <ul class="counts" aria-label={tasksByOutcome}>
      {OUTCOMES.map((outcome) => (
        <li key={outcome} class={`count ${outcome}${tasks[outcome] === 0 ? ' none' : ''}`}>
          <span class="swatch">
            <Icon path={ICONS[outcome]} />
          </span>
          <strong>{formats.number(tasks[outcome])}</strong> {outcomeCounts[outcome](tasks[outcome])}
        </li>
      ))}
    </ul>
  );
}
