import type { StreamMessage } from '../client/item.js';
import type { ProgressStream } from '../client/progress-stream.js';
import { JobHistory } from './job-history.js';
import { INITIAL_LINK, type LinkStatus } from './link-status.js';
import { MonitorClock } from './monitor-clock.js';
import { oncePerFrame } from './once-per-frame.js';

/** The state of the page. Follows a stream and reports changes, at most once per frame. */
export class JobStore {
  readonly history = new JobHistory();
  readonly clock = new MonitorClock();
  link: LinkStatus = INITIAL_LINK;
  readonly #stream: ProgressStream;

  constructor(stream: ProgressStream, onChange: () => void) {
    this.#stream = stream;
    const changed = oncePerFrame(window, onChange);
    void this.#readItems(changed);
    this.#onState();
    stream.addEventListener('state', () => {
      this.#onState();
      changed();
    });
    window.addEventListener('offline', () => {
      this.#update({ offline: stream.state === 'live', heardAt: stream.heardAt });
      changed();
    });
  }

  // A loop, because an event for each of 50,000 messages takes longer than everything else that is done with them.
  async #readItems(changed: () => void): Promise<void> {
    for await (const item of this.#stream) {
      if ('reset' in item) {
        this.history.clear(item.reset);
        this.#update({ emptySince: Date.now() });
      } else if ('continues' in item) this.history.continue(item);
      else this.#addMessage(item);
      changed();
    }
  }

  #addMessage(message: StreamMessage): void {
    const { time } = this.history.add(message);
    this.clock.messageReceived(time, Date.now());
    const { offline, emptySince } = this.link;
    if (offline || emptySince !== undefined) this.#update({ offline: false, emptySince: undefined });
  }

  #onState(): void {
    const { state, retryAt, end, heardAt } = this.#stream;
    const { wasLive, offline, emptySince, state: before } = this.link;
    const now = Date.now();
    const live = state === 'live';
    if (live) this.clock.connectionOpened(now);
    this.#update({
      state,
      retryAt,
      end,
      heardAt,
      wasLive: wasLive || live,
      offline: false,
      recheckedAt: before === 'live' && state === 'connecting' && !offline ? now : undefined,
      emptySince: live && this.history.summary.messages === 0 ? (emptySince ?? now) : emptySince,
    });
  }

  #update(change: Partial<LinkStatus>): void {
    this.link = { ...this.link, ...change };
  }
}
