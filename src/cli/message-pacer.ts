import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** Messages without a pause after which the event loop gets a turn. */
const MESSAGES_PER_TURN = 64;

/** Waits for the time of each message. Times are relative to the start, so a late timer does not delay later messages. */
export class MessagePacer {
  private readonly start = performance.now();
  private messages = 0;

  constructor(private readonly signal: AbortSignal) {}

  /** Resolves when the message is due. @param due milliseconds after the start */
  async waitUntil(due: number): Promise<void> {
    const wait = this.start + due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.signal });
    else if (++this.messages % MESSAGES_PER_TURN === 0)
      await setImmediate(undefined, { signal: this.signal });
  }
}
