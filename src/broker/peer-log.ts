import type { Logger } from '@nestjs/common';

/** Milliseconds in which further changes are gathered for one line. */
const QUIET = 10_000;

/** Logs how many brokers are connected: a change at once, and those that follow closely in one line. */
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

  /** Logs nothing more: the links end with the ROUTER. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private log(): void {
    const { peers, changes, logged } = this;
    // A broker that came and went in between is a change, too.
    const message = peers >= logged ? 'Broker connected' : 'Broker disconnected';
    this.logger.log({ message, peers, ...(changes > 1 ? { changes } : {}) });
    this.logged = peers;
    this.changes = 0;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.changes > 0) this.log();
    }, QUIET).unref();
  }
}
