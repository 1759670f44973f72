/** Milliseconds between two requests. */
const MIN_INTERVAL = 5000;

/** Repeats a request whose answer is out of date, not more often than every 5 s. */
export class Reload {
  #requested = true;
  #loading = false;
  #startedAt = Number.NEGATIVE_INFINITY;
  readonly #load: () => Promise<void>;
  readonly #maxAge: number;

  /** @param maxAge milliseconds after which the answer is out of date in any case */
  constructor(load: () => Promise<void>, maxAge = Number.POSITIVE_INFINITY) {
    this.#load = load;
    this.#maxAge = maxAge;
  }

  /** The answer is out of date. */
  request(): void {
    this.#requested = true;
  }

  /** Sends the request if it is necessary and not too early. A failed request is repeated by a later call. */
  runIfDue(): void {
    const age = performance.now() - this.#startedAt;
    const needed = this.#requested || age > this.#maxAge;
    if (!needed || this.#loading || age < MIN_INTERVAL) return;
    this.#startedAt = performance.now();
    this.#requested = false;
    this.#loading = true;
    this.#load()
      .catch(() => this.request())
      .finally(() => (this.#loading = false));
  }
}
