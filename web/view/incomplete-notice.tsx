import type { ResetReason } from '../../client/item.js';
import { texts } from '../texts.js';
import { Icon, ICONS } from './icon.js';

interface IncompleteNoticeProps {
  readonly reset: ResetReason | undefined;
  readonly partial: boolean;
}

/** A notice that messages are missing. */
export function IncompleteNotice({ reset, partial }: IncompleteNoticeProps) {
  if (!reset && !partial) return null;
  return (
    <p class="notice" role="note">
      <Icon path={ICONS.missing} />
      <span>
        {reset === 'epoch' && `${texts.newLog} `}
        {partial && texts.partMissing}
      </span>
    </p>
  );
}
