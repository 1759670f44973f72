import { LinkedList, type LinkedItem } from './linked-list.js';

/** What an item of an `ExpiryQueue` carries for it. */
export interface ExpiringItem<T> extends LinkedItem<T> {
  /** When it was added; milliseconds on the clock of `performance.now`. */
  since: number;
}

/** Milliseconds by which a timer must be late to show that the process was paused, and that it then waits for its input. */
const PAUSE = 1000;

/**
 * Reports each item some seconds after it was added, oldest first, and again until it is deleted or added again. One timer
 * for all items: a timer for each takes 250 bytes, and there is one item for every channel.
 */
export class ExpiryQueue<T extends ExpiringItem<T>> extends LinkedList<T> {
  private readonly life: number;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is due; milliseconds as `since`. */
  private dueAt = 0;

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
    this.dueAt = performance.now() + milliseconds;
    return setTimeout(() => this.check(), milliseconds).unref();
  }

  // After a pause of the process timers come first, and what has arrived meanwhile comes later.
  private check(): void {
    if (performance.now() - this.dueAt >= PAUSE) this.timer = setTimeout(() => this.report(), PAUSE).unref();
    else this.report();
  }

  private report(): void {
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
