import type { Channel } from './channel.js';

/**
 * Channels whose clients have a position in a log that this process does not know. The log may be on its way here, because
 * another process has shown it already. Or it does not exist any more, and the clients must be told.
 */
export class AwaitedLogs {
  private recent = new Set<Channel>();
  private older = new Set<Channel>();

  add(channel: Channel): void {
    this.recent.add(channel);
  }

  delete(channel: Channel): void {
    this.recent.delete(channel);
    this.older.delete(channel);
  }

  /** This process has everything. A client that came after the question for that is answered the next time. */
  caughtUp(): void {
    for (const channel of this.older) channel.stopAwaiting();
    this.older = this.recent;
    this.recent = new Set();
  }

  /** No other process has logs that this one lacks. */
  stop(): void {
    this.caughtUp();
    this.caughtUp();
  }
}
