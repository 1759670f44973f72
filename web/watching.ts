import type { ProgressStream } from '../client/client.js';
import { batched } from './batch.js';
import { Clock } from './clock.js';
import { UNCONNECTED, type Connection } from './connection.js';
import { Journal } from './journal.js';

/** Milliseconds between two looks at the link while it is live: how exactly `liveAt` is known. */
const LOOK = 1000;

/** Follows a stream and tells, at most once per frame, that something has changed. */
export class Watching {
  readonly journal = new Journal();
  readonly clock = new Clock();
  connection: Connection = UNCONNECTED;

  /** @param changed called in batches */
  constructor(
    private readonly stream: ProgressStream,
    changed: () => void,
  ) {
    const tell = batched(changed);
    stream.addEventListener('message', ({ detail }) => {
      this.journal.add(detail);
      this.clock.heard(Date.parse(detail.time), Date.now());
      if (this.connection.doubtful) this.#link({ doubtful: false });
      tell();
    });
    stream.addEventListener('reset', ({ detail }) => {
      this.journal.clear(detail);
      tell();
    });
    stream.addEventListener('state', () => {
      this.#enter();
      tell();
    });
    window.addEventListener('offline', () => {
      this.#link({ doubtful: stream.state === 'live' });
      tell();
    });
    setInterval(() => {
      if (stream.state === 'live' && !this.connection.doubtful) this.#link({ liveAt: Date.now() });
    }, LOOK);
  }

  #enter(): void {
    const { state, retryAt, end } = this.stream;
    const now = Date.now();
    if (state === 'live') this.clock.opened(now);
    // The link was there until this moment, unless that was in doubt already.
    const wasLive = this.connection.state === 'live' && !this.connection.doubtful;
    const liveAt = state === 'live' || wasLive ? now : this.connection.liveAt;
    this.#link({
      state,
      retryAt,
      end,
      liveAt,
      known: this.connection.known || state === 'live',
      doubtful: false,
    });
  }

  #link(change: Partial<Connection>): void {
    this.connection = { ...this.connection, ...change };
  }
}
