/** Where a journal writes its records: segments, one after the other. */
export interface JournalStore {
  /** Bytes that were given to `write` and are not written yet. */
  readonly waiting: number;
  /** Starts a segment, durably. Resolves when records can follow; rejects with an error for the operator. */
  open(index: number, options?: OpenOptions): Promise<void>;
  /** Writes records in one frame to the newest segment. Copies them. */
  write(records: Buffer): void;
  /** The newest segment contains every channel: makes it durable, and removes all earlier segments. */
  complete(): void;
  /** Makes everything durable and closes the newest segment. Writes that follow are ignored. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The segments that the reader has found damaged. They are set aside instead of removed. */
  readonly damaged?: readonly number[];
  /** Removes all earlier segments as soon as the new one is durable, or before if there is no room for it. */
  readonly removeEarlier?: boolean;
}

/** Called when the store can't write. It ignores all writes until the next `open`. */
export type StoreFailed = (reason: string) => void;
