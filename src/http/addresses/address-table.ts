/** What is counted for one address. The times are those of `rate.ts`, in seconds of `performance.now`. */
export class AddressEntry {
  connections = 0;
  connectsPaidAt = 0;
  notFoundPaidAt = 0;
  inputPaidAt = 0;
  /** The operator was told that this address may be a proxy. */
  reported = false;

  /** @param group a result of `addressGroup` */
  constructor(readonly group: string) {}

  /** @param now seconds of `performance.now` */
  isUnused(now: number): boolean {
    return (
      this.connections === 0 &&
      this.connectsPaidAt <= now &&
      this.notFoundPaidAt <= now &&
      this.inputPaidAt <= now
    );
  }
}

/** Entries that are looked at to find one that can be removed. */
const SEARCHED = 16;

/** A bounded number of addresses. It needs no timer: entries are removed when others need their place. */
export class AddressTable {
  /** Addresses that are not counted, because the table was full of addresses with connections. */
  overflows = 0;
  private readonly entries = new Map<string, AddressEntry>();
  /** Goes around the table, from the oldest entry to the newest, and continues where it stopped. */
  private hand = this.entries.values();

  get size(): number {
    return this.entries.size;
  }

  find(group: string): AddressEntry | undefined {
    return this.entries.get(group);
  }

  /** The entry of an address, which is created if needed. `undefined`: the table is full. @param limit `limits.addresses` */
  entryFor(group: string, limit: number): AddressEntry | undefined {
    const known = this.entries.get(group);
    if (known) return known;
    while (this.entries.size >= limit) {
      if (this.removeOne()) continue;
      this.overflows++;
      return undefined;
    }
    const entry = new AddressEntry(group);
    this.entries.set(group, entry);
    return entry;
  }

  /** Removes an entry that holds nothing to remember. @param now seconds of `performance.now` */
  removeUnused(entry: AddressEntry, now: number): void {
    if (entry.isUnused(now)) this.entries.delete(entry.group);
  }

  /** Removes the next entry without a connection. What it owes is forgotten. */
  private removeOne(): boolean {
    for (let searched = 0; searched < SEARCHED; searched++) {
      const { done, value: entry } = this.hand.next();
      if (done) this.hand = this.entries.values();
      else if (entry.connections === 0) return this.entries.delete(entry.group);
    }
    return false;
  }
}
