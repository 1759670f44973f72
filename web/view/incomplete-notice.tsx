import type { ResetReason } from '../../client/item.js';
import { Icon } from './icon.js';

interface IncompleteNoticeProps {
  readonly reset: ResetReason | undefined;
  readonly partial: boolean;
}

/** A notice that messages are missing. */
export function IncompleteNotice({ reset, partial }: IncompleteNoticeProps) {
  if (!reset && !partial) return null;
  return (
    <p class="notice" role="note">
      <Icon name="missing" />
      <span>
        {reset === 'epoch' &&
          'The monitor started a new log for this job. This page no longer shows the old one. '}
        {partial &&
          'A part of this job is missing: the monitor did not receive it or no longer keeps it. The counts are incomplete.'}
      </span>
    </p>
  );
}
