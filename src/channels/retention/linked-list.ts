/** An item of a `LinkedList`. It can be in one list at a time. */
export interface LinkedItem<T> {
  older: T | undefined;
  newer: T | undefined;
}

/**
 * A doubly linked list in insertion order: adding, deleting and finding the oldest take constant time. A `Set` has the
 * same order, but V8 passes all deleted items before it finds the first item: 50 us per eviction with 200,000 items.
 */
export class LinkedList<T extends LinkedItem<T>> {
  size = 0;
  oldest: T | undefined;
  newest: T | undefined;

  /** Adds an item, which must be in no list, as the newest. */
  add(item: T): void {
    item.older = this.newest;
    if (this.newest) this.newest.newer = item;
    else this.oldest = item;
    this.newest = item;
    this.size++;
  }

  /** Deletes an item, which must be in this list. */
  delete(item: T): void {
    if (item.older) item.older.newer = item.newer;
    else this.oldest = item.newer;
    if (item.newer) item.newer.older = item.older;
    else this.newest = item.older;
    item.older = item.newer = undefined;
    this.size--;
  }
}
