import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionClose, WatchConnection } from '../verify/watch-connection.js';
import { milliseconds } from '../verify/wall-clock.js';

/** A stream that is only held open. */
export class StreamProbe {
  /** Resolves with why the stream ended. */
  readonly closed: Promise<ConnectionClose>;
  /** Milliseconds from the last sign of life to the end. */
  silence = 0;
  private isOpen = false;
  private isActive = false;
  private activeAt = milliseconds();
  private readonly active: Promise<void>;

  /** @param firstSign a WebSocket delivers nothing until a message or a heartbeat comes, so its opening counts */
  constructor(connect: WatchConnection, firstSign: 'open' | 'bytes', signal: AbortSignal) {
    let onActive = (): void => {};
    this.active = new Promise((resolve) => (onActive = resolve));
    const listener = {
      onOpen: (): void => {
        this.isOpen = true;
        if (firstSign === 'open') listener.onActivity();
      },
      onItem: (): void => {},
      onActivity: (): void => {
        this.isActive = true;
        this.activeAt = milliseconds();
        onActive();
      },
    };
    this.closed = connect(undefined, listener, signal).then((close) => {
      this.silence = milliseconds() - this.activeAt;
      return close;
    });
  }

  /**
   * Waits for the first sign of life. `refused`: the server answers with something else. `empty`: the stream is open, and
   * nothing came. `silent`: no answer.
   */
  async start(timeoutMs: number): Promise<'active' | 'refused' | 'empty' | 'silent'> {
    const ended = await Promise.race([
      this.active.then(() => false),
      this.closed.then(() => true),
      sleep(timeoutMs, false, { ref: false }),
    ]);
    if (this.isActive) return 'active';
    if (this.isOpen) return 'empty';
    return ended ? 'refused' : 'silent';
  }

  /** Waits while the stream is open. Resolves with its end; `undefined`: it is still open after this time. */
  endWithin(timeoutMs: number): Promise<ConnectionClose | undefined> {
    return Promise.race([this.closed, sleep(timeoutMs, undefined, { ref: false })]);
  }
}
