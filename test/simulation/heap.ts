/** An item of a `Heap`. */
interface HeapItem {
  /** When the item is due, in milliseconds. */
  readonly due: number;
  /** Items that are due at the same time keep the order of their numbers. */
  readonly order: number;
}

/** A binary heap: the item that is due first comes out first. */
export class Heap<T extends HeapItem> {
  private readonly items: T[] = [];

  get first(): T | undefined {
    return this.items[0];
  }

  add(item: T): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Removes the first item. */
  shift(): T | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (items.length > 0 && last) this.sink(last);
    return first;
  }

  /** All items, in no particular order. */
  values(): readonly T[] {
    return this.items;
  }

  private sink(item: T): void {
    const { items } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1]!, items[child]!)) child++;
      if (!before(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }
}

function before(one: HeapItem, other: HeapItem): boolean {
  return one.due < other.due || (one.due === other.due && one.order < other.order);
}
