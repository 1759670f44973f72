/** Milliseconds after a connection opened in which what comes may be old: it is what the log had kept. */
const REPLAY = 3000;

/**
 * The monitor's time, as well as it can be known here: the elapsed time must not be wrong by what the reader's own clock
 * is. A message is never from the future, and one that comes long after the connection opened is fresh.
 */
export class Clock {
  #ahead: number | undefined;
  #openedAt = 0;

  /** A connection has opened. @param here the reader's clock, in milliseconds since 1970 */
  opened(here: number): void {
    this.#openedAt = here;
  }

  /** A message has come. @param there when the monitor took it */
  heard(there: number, here: number): void {
    if (!Number.isFinite(there)) return;
    const ahead = here - there;
    if (ahead < 0 || here - this.#openedAt > REPLAY) this.#ahead = Math.min(this.#ahead ?? Infinity, ahead);
  }

  /** The monitor's time when the reader's clock says `here`. */
  there(here: number): number {
    return here - (this.#ahead ?? 0);
  }
}
