import { AgeOrder, type Aged } from './age-order.js';

/** What an item of an `Expiry` carries for it. */
export interface Expiring<T> extends Aged<T> {
  /** When it was added; milliseconds on the clock of `performance.now`. */
  since: number;
}

/**
 * Items that are up so many seconds after they were added: told in that order, and told again until they are deleted
 * or added anew. One timer for all of them: one for each takes 250 bytes, and there is one for every channel.
 */
export class Expiry<T extends Expiring<T>> extends AgeOrder<T> {
  private readonly life: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    seconds: number,
    private readonly up: (item: T) => void,
  ) {
    super();
    this.life = seconds * 1000;
  }

  override add(item: T): void {
    item.since = performance.now();
    super.add(item);
    this.timer ??= this.wait(this.life);
  }

  /** Starts the time of an item over, which must be in this order; costs less than to delete and to add it. */
  refresh(item: T): void {
    item.since = performance.now();
    if (item === this.newest) return;
    super.delete(item);
    super.add(item);
  }

  override delete(item: T): void {
    super.delete(item);
    if (this.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private wait(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.check(), milliseconds).unref();
  }

  private check(): void {
    for (const item of this.due()) this.up(item);
    clearTimeout(this.timer);
    this.timer = this.oldest && this.wait(Math.max(1, this.oldest.since + this.life - performance.now()));
  }

  private due(): T[] {
    const latest = performance.now() - this.life;
    const due: T[] = [];
    for (let item = this.oldest; item && item.since <= latest; item = item.newer) due.push(item);
    return due;
  }
}
