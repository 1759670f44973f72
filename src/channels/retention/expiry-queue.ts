import { LinkedList, type LinkedItem } from './linked-list.js';

/** An item of an `ExpiryQueue`. */
export interface ExpiringItem<T> extends LinkedItem<T> {
  /** When the item was added or refreshed, in milliseconds of `performance.now`. */
  since: number;
}

/**
 * A timer that is late by this many milliseconds shows that the process was paused. The queue then waits as long for
 * input.
 */
const PAUSE = 1000;

/** Milliseconds of the longest timer, so that a shorter expiry time of a reload takes effect within a minute. */
const LONGEST_TIMER = 60_000;

/**
 * Reports each item `seconds` after it was added, oldest first, and again until it is deleted or re-added. One timer for
 * all items: a timer per item takes 250 bytes, and each channel has an item.
 */
export class ExpiryQueue<T extends ExpiringItem<T>> extends LinkedList<T> {
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is due, in milliseconds of `performance.now`. */
  private dueAt = 0;

  /** @param seconds read at the time of use, because a reload of the configuration may change it */
  constructor(
    private readonly seconds: () => number,
    private readonly onExpired: (item: T) => void,
  ) {
    super();
  }

  /** @param age milliseconds that the item has already been here; items are added in the order of their age */
  override add(item: T, age = 0): void {
    item.since = performance.now() - age;
    super.add(item);
    this.timer ??= this.wait(Math.max(1, this.lifetime() - age));
  }

  /** Restarts the time of an item, which must be in this queue. Costs less than deleting and adding it. */
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

  /** Applies a changed expiry time to all items. */
  reschedule(): void {
    clearTimeout(this.timer);
    this.timer = this.oldest && this.waitForOldest(this.oldest);
  }

  private lifetime(): number {
    return this.seconds() * 1000;
  }

  private wait(milliseconds: number): NodeJS.Timeout {
    const delay = Math.min(milliseconds, LONGEST_TIMER);
    this.dueAt = performance.now() + delay;
    return setTimeout(() => this.check(), delay).unref();
  }

  // After a pause of the process, timers run before the input that arrived during the pause.
  private check(): void {
    if (performance.now() - this.dueAt >= PAUSE) this.timer = setTimeout(() => this.report(), PAUSE).unref();
    else this.report();
  }

  private report(): void {
    for (const item of this.due()) this.onExpired(item);
    this.reschedule();
  }

  private waitForOldest({ since }: T): NodeJS.Timeout {
    return this.wait(Math.max(1, since + this.lifetime() - performance.now()));
  }

  private due(): T[] {
    const latest = performance.now() - this.lifetime();
    const due: T[] = [];
    for (let item = this.oldest; item && item.since <= latest; item = item.newer) due.push(item);
    return due;
  }
}
