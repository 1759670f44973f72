/** Milliseconds after a connection opens in which messages may be old, because the log is replayed. */
const REPLAY = 3000;

/**
 * Estimates the monitor's time, so that a wrong local clock does not falsify the elapsed time. Two facts are used: a
 * message is never from the future, and a message that arrives after the replay is new.
 */
export class MonitorClock {
  /** Milliseconds by which the local clock is ahead. */
  #ahead: number | undefined;
  #openedAt = 0;

  /** A connection has opened. @param localTime milliseconds since 1970 */
  connectionOpened(localTime: number): void {
    this.#openedAt = localTime;
  }

  /** A message has arrived. @param sentAt its time by the monitor's clock */
  messageReceived(sentAt: number, localTime: number): void {
    if (!Number.isFinite(sentAt)) return;
    const ahead = localTime - sentAt;
    if (ahead < 0 || localTime - this.#openedAt > REPLAY) {
      this.#ahead = Math.min(this.#ahead ?? Infinity, ahead);
    }
  }

  /** The monitor's time at a local time. */
  monitorTime(localTime: number): number {
    return localTime - (this.#ahead ?? 0);
  }
}
