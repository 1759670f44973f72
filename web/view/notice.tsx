import type { ResetReason } from '../../client/item.js';
import { Icon } from './icon.js';

export interface NoticeProps {
  readonly reset: ResetReason | undefined;
  readonly partial: boolean;
}

/** Says what is missing. */
export function Notice({ reset, partial }: NoticeProps) {
  if (!reset && !partial) return null;
  return (
    <p class="notice" role="note">
      <Icon name="missing" />
      <span>
        {reset === 'epoch' && 'The channel began anew: what this page showed before is gone. '}
        {partial &&
          'The beginning of this job is missing here: the monitor did not hear it, or no longer has it. The counts leave it out.'}
      </span>
    </p>
  );
}
