/** What an item of an `LinkedList` carries for it. An item is in one order at most. */
export interface LinkedItem<T> {
  older: T | undefined;
  newer: T | undefined;
}

/**
 * Items in the order in which they were added; adding, deleting and finding the oldest take the same time at any size.
 * A `Set` keeps this order, too, but V8 finds its first item only behind the traces of all that were deleted there:
 * 50 us with 200,000 items, for every channel that has to make room.
 */
export class LinkedList<T extends LinkedItem<T>> {
  size = 0;
  oldest: T | undefined;
  newest: T | undefined;

  /** Adds an item, which must be in no order, as the newest. */
  add(item: T): void {
    item.older = this.newest;
    if (this.newest) this.newest.newer = item;
    else this.oldest = item;
    this.newest = item;
    this.size++;
  }

  /** Takes an item out, which must be in this order. */
  delete(item: T): void {
    if (item.older) item.older.newer = item.newer;
    else this.oldest = item.newer;
    if (item.newer) item.newer.older = item.older;
    else this.newest = item.older;
    item.older = item.newer = undefined;
    this.size--;
  }
}
