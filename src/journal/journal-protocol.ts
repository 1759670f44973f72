/** The data of the thread that writes a journal. */
export interface JournalWorkerData {
  readonly folder: string;
  /** Seconds between two calls of fdatasync. */
  readonly sync: number;
  /** One 64-bit number: bytes of records written since the start. */
  readonly written: SharedArrayBuffer;
}

/** Commands for the thread that writes a journal. It obeys them in order. */
export type JournalCommand =
  | {
      readonly kind: 'open';
      readonly index: number;
      readonly damaged: readonly number[];
      readonly removeEarlier: boolean;
    }
  | { readonly kind: 'write'; readonly records: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'complete' }
  | { readonly kind: 'close' };

/** Events of the thread. After `failed` it ignores everything but `open` and `close`. */
export type JournalEvent =
  | { readonly kind: 'opened' | 'closed' }
  /** A command `write` is done. The buffer comes back. */
  | { readonly kind: 'written'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'failed'; readonly reason: string };
