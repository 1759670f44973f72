import { Icon, ICONS } from '../../view/icon.js';
import { LATER_ICONS } from '../../view/later-icons.js';
import type { RowState } from '../channel-row.js';

const STATE_ICONS: Readonly<Record<RowState, string>> = {
  waiting: ICONS.waiting,
  running: ICONS.running,
  aborted: ICONS.aborted,
  failed: ICONS.failed,
  finished: ICONS.completed,
};

/** The state of a channel as icon and text. */
export function StateLabel({ state }: { readonly state: RowState }) {
  return (
    <span class={`state-label tone-${state}`}>
      <Icon path={STATE_ICONS[state] ?? LATER_ICONS.unknown} />
      {state}
    </span>
  );
}
