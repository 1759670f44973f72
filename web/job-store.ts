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
    const changed = oncePerFrame(onChange);
    stream.addEventListener('message', ({ detail }) => {
      this.history.add(detail);
      this.clock.messageReceived(Date.parse(detail.time), Date.now());
      const { offline, emptySince } = this.link;
      if (offline || emptySince !== undefined) this.#update({ offline: false, emptySince: undefined });
      changed();
    });
    stream.addEventListener('reset', ({ detail }) => {
      this.history.clear(detail);
      this.#update({ emptySince: Date.now() });
      changed();
    });
    stream.addEventListener('continue', ({ detail }) => {
      this.history.continue(detail);
      changed();
    });
    stream.addEventListener('state', () => {
      this.#onState();
      changed();
    });
    window.addEventListener('offline', () => {
      this.#update({ offline: stream.state === 'live', heardAt: stream.heardAt });
      changed();
    });
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
