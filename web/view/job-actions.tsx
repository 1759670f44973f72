import { useState } from 'preact/hooks';
import { copyText } from '../copy-text.js';
import { FinishNotifier, type NotifierState } from '../finish-notifier.js';
import type { JobStatus } from '../job-status.js';
import { laterTexts } from '../later-texts.js';
import { Icon } from './icon.js';
import { LATER_ICONS } from './later-icons.js';

/** Milliseconds for which the button says what it has done. */
const CONFIRMATION = 2000;

interface JobActionsProps {
  /** The URL of the summary as JSON; `undefined`: a plain link has no access to it. */
  readonly json: string | undefined;
  readonly status: JobStatus;
  /** The id of the job, ready to be shown. */
  readonly name: string;
  readonly isOver: boolean;
}

/** What a person can do with the page: copy its link, open the JSON, ask for a notification. */
export function JobActions({ json, status, name, isOver }: JobActionsProps) {
  const [notifier] = useState(() => new FinishNotifier());
  notifier.update(isOver, { ...status, id: name });
  return (
    <div class="actions" role="group" aria-label={laterTexts.actions}>
      <CopyLink />
      {json !== undefined && (
        <a href={json} title={laterTexts.jsonTitle}>
          <Icon path={LATER_ICONS.json} />
          <span class="label">{laterTexts.json}</span>
        </a>
      )}
      {!isOver && <NotifyButton notifier={notifier} />}
    </div>
  );
}

function CopyLink() {
  const [result, setResult] = useState('');
  const copy = async (): Promise<void> => {
    // The token has left the address, so the link gives no access.
    setResult((await copyText(location.href)) ? laterTexts.copied : laterTexts.notCopied);
    setTimeout(() => setResult(''), CONFIRMATION);
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        <Icon path={LATER_ICONS.copy} />
        <span class={`label${result ? ' news' : ''}`}>{result || laterTexts.copyLink}</span>
      </button>
      <span class="unseen" role="status">
        {result}
      </span>
    </>
  );
}

const NOTIFY_LABELS: Readonly<Record<NotifierState, () => string>> = {
  unavailable: () => laterTexts.notify,
  off: () => laterTexts.notify,
  on: () => laterTexts.notifyOn,
  denied: () => laterTexts.notifyDenied,
};

function NotifyButton({ notifier }: { readonly notifier: FinishNotifier }) {
  const [, setCount] = useState(0);
  const { state } = notifier;
  if (state === 'unavailable') return null;
  const toggle = async (): Promise<void> => {
    await notifier.toggle();
    setCount((count) => count + 1);
  };
  return (
    <button
      type="button"
      aria-pressed={state === 'on'}
      disabled={state === 'denied'}
      title={laterTexts.notifyTitle}
      onClick={() => void toggle()}
    >
      <Icon path={LATER_ICONS.bell} />
      <span class="label">{NOTIFY_LABELS[state]()}</span>
    </button>
  );
}
