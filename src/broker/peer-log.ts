import type { Logger } from '@nestjs/common';

/** Milliseconds between two log lines. Changes in between are collected for the next line. */
const INTERVAL = 10_000;

/** Logs the number of connected brokers: the first change at once, later changes together in one line. */
export class PeerLog {
  private logged = 0;
  private peers = 0;
  private changes = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly logger: Pick<Logger, 'log'>) {}

  changed(peers: number): void {
    this.peers = peers;
    this.changes++;
    if (!this.timer && !this.stopped) this.log();
  }

  /** Logs no further change. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private log(): void {
    const { peers, changes, logged } = this;
    // The count is unchanged when a broker connected and disconnected within the interval.
    const message = peers >= logged ? 'Broker connected' : 'Broker disconnected';
    this.logger.log({ message, peers, ...(changes > 1 ? { changes } : {}) });
    this.logged = peers;
    this.changes = 0;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.changes > 0) this.log();
    }, INTERVAL).unref();
  }
}
