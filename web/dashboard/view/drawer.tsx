import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { plainText } from '../../plain-text.js';
import { copyText } from '../../copy-text.js';
import type { DashboardStore } from '../dashboard-store.js';
import type { OpenChannel } from '../open-channel.js';
import { publicPage } from '../public-page.js';
import { ChannelSummaryList } from './channel-summary-list.js';
import { MessageList } from './message-list.js';

/** Characters of an id that the panel shows. */
const MAX_ID = 2000;

interface DrawerProps {
  readonly store: DashboardStore;
  readonly open: OpenChannel;
}

/** The side panel: one channel with its newest messages. */
export function Drawer({ store, open }: DrawerProps) {
  const panel = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState('');
  const { content, problem, gone, id } = open;
  const page = publicPage(store.status?.listeners.public ?? [], id, location.hostname);
  const close = (): void => {
    store.closeChannel();
    document.querySelector<HTMLElement>('.grid')?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    // Before the next key: a quick Escape must reach the panel.
    panel.current?.focus({ preventScroll: true });
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <aside class="drawer" ref={panel} tabIndex={-1} aria-labelledby="drawer-title">
      <header class="drawer-head">
        <h2 id="drawer-title">
          <span class="kicker">Channel</span> <bdi>{plainText(id, MAX_ID)}</bdi>
        </h2>
        <button type="button" class="close" aria-label="Close" onClick={close}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div class="drawer-body" tabIndex={0} role="region" aria-label="Summary and messages">
        <p class="actions">
          <button
            type="button"
            class="action"
            onClick={() => void copyText(id).then((ok) => setCopied(ok ? 'Copied' : 'Copying failed'))}
          >
            Copy id
          </button>
          {page?.href && (
            <a class="action" href={page.href} target="_blank" rel="noreferrer">
              Open the public page
            </a>
          )}
          <span role="status">{copied}</span>
        </p>
        {page?.note && (
          <p class="hint">
            {page.href ? 'The link works only' : 'Public page:'}{' '}
            {!page.href && <code>{plainText(page.text)}</code>}{' '}
            {page.href ? 'on the machine of the monitor.' : page.note}
          </p>
        )}
        {gone && <p class="notice">The monitor does not keep this channel any more.</p>}
        {problem && <p class="notice">These data may be old: {problem}.</p>}
        {!content && !gone && !problem && <p class="nothing">Loading…</p>}
        {content && <ChannelSummaryList summary={content.summary} now={store.now()} />}
        {content && <MessageList messages={content.messages} total={content.summary.messages} />}
      </div>
    </aside>
  );
}
