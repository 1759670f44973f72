import { Icon, type IconName } from '../../view/icon.js';
import type { RowState } from '../channel-row.js';

const ICONS: Readonly<Record<RowState, IconName>> = {
  waiting: 'waiting',
  running: 'running',
  aborted: 'aborted',
  failed: 'failed',
  finished: 'completed',
};

/** The state of a channel as icon and text. */
export function StateLabel({ state }: { readonly state: RowState }) {
  return (
    <span class={`state-label tone-${state}`}>
      <Icon name={ICONS[state] ?? 'unknown'} />
      {state}
    </span>
  );
}
