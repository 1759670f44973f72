import type { Summary } from '../../client/summary.js';
import type { Outcome } from '../entry.js';
import { Icon } from './icon.js';

const OUTCOMES: readonly Outcome[] = ['completed', 'failed', 'skipped'];

/** How many tasks went which way: the key to the bar as well. */
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
