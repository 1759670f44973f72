import type { Summary } from '../../client/summary.js';
import type { TaskOutcome } from '../timeline-entry.js';
import { Icon } from './icon.js';

const OUTCOMES: readonly TaskOutcome[] = ['completed', 'failed', 'skipped'];

/** The number of tasks by outcome. Also the legend of the progress bar. */
export function Counts({ tasks }: { readonly tasks: Summary['tasks'] }) {
  return (
    <ul class="counts" aria-label="Tasks by outcome">
      {OUTCOMES.map((outcome) => (
        <li key={outcome} class={`count ${outcome}${tasks[outcome] === 0 ? ' none' : ''}`}>
          <span class="swatch">
            <Icon name={outcome} />
          </span>
          <strong>{tasks[outcome]}</strong> {outcome}
        </li>
      ))}
    </ul>
  );
}
