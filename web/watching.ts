import type { ProgressStream } from '../client/client.js';
import { batched } from './batch.js';
import { Clock } from './clock.js';
import { UNCONNECTED, type Connection } from './connection.js';
import { Journal } from './journal.js';

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
      const { doubtful, unansweredAt } = this.connection;
      if (doubtful || unansweredAt !== undefined) this.#link({ doubtful: false, unansweredAt: undefined });
      tell();
    });
    stream.addEventListener('reset', ({ detail }) => {
      this.journal.clear(detail);
      this.#link({ unansweredAt: Date.now() });
      tell();
    });
    stream.addEventListener('state', () => {
      this.#enter();
      tell();
    });
    window.addEventListener('offline', () => {
      this.#link({ doubtful: stream.state === 'live', heardAt: stream.heardAt });
      tell();
    });
  }

  #enter(): void {
    const { state, retryAt, end, heardAt } = this.stream;
    const { known, doubtful, unansweredAt, state: before } = this.connection;
    const now = Date.now();
    const live = state === 'live';
    if (live) this.clock.opened(now);
    this.#link({
      state,
      retryAt,
      end,
      heardAt,
      known: known || live,
      doubtful: false,
      checkedAt: before === 'live' && state === 'connecting' && !doubtful ? now : undefined,
      unansweredAt: live && this.journal.summary.messages === 0 ? (unansweredAt ?? now) : unansweredAt,
    });
  }

  #link(change: Partial<Connection>): void {
    this.connection = { ...this.connection, ...change };
  }
}
