/** An entry that Redis has not confirmed. */
export interface UnconfirmedEntry {
  readonly batch: number;
  readonly records: Buffer;
  /** The id of the first entry that stays in the stream. `undefined`: nothing is trimmed. */
  readonly trimTo: string | undefined;
}

/** Bytes of an entry in memory beside its records, about. */
const ENTRY_OVERHEAD = 300;

/** The entries that Redis has not confirmed, in order. They are sent again over the next connection. */
export class AppendQueue {
  /** Bytes of all entries. */
  bytes = 0;
  private entries: UnconfirmedEntry[] = [];
  /** The oldest unconfirmed entry. Entries before it are removed in large steps. */
  private first = 0;
  /** The next entry to send. */
  private unsent = 0;
  private nextBatch = 1;

  get length(): number {
    return this.entries.length - this.first;
  }

  /** The batch number of the newest entry; 0 without one. */
  get newest(): number {
    return this.nextBatch - 1;
  }

  /** Adds an entry. Returns its batch number. */
  push(records: Buffer, trimTo?: string): number {
    this.bytes += records.length + ENTRY_OVERHEAD;
    this.entries.push({ batch: this.nextBatch, records, trimTo });
    return this.nextBatch++;
  }

  /** The next entry to send; `undefined` when all are sent. */
  next(): UnconfirmedEntry | undefined {
    return this.entries[this.unsent] && this.entries[this.unsent++];
  }

  /** Redis has all entries up to this one. */
  confirm(batch: number): void {
    for (; this.first < this.entries.length && this.entries[this.first]!.batch <= batch; this.first++)
      this.bytes -= this.entries[this.first]!.records.length + ENTRY_OVERHEAD;
    this.unsent = Math.max(this.unsent, this.first);
    if (this.first < 1024 && this.first < this.entries.length) return;
    this.entries.splice(0, this.first);
    this.unsent -= this.first;
    this.first = 0;
  }

  /** Sends all unconfirmed entries again. */
  rewind(): void {
    this.unsent = this.first;
  }

  /** Starts again under a new token. */
  clear(): void {
    this.bytes = this.first = this.unsent = 0;
    this.entries = [];
    this.nextBatch = 1;
  }
}
