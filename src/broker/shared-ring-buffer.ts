// The memory begins with three 32-bit counters. Written and read bytes are counted on and on, modulo 2^32: their
// difference is what waits, their lower bits are where it lies, because the capacity is a power of two.
const WRITTEN = 0;
const READ = 1;
const CLOSED = 2;
const HEADER = 3 * 4;

/** Bytes ahead of each block: its length. */
const LENGTH = 4;

/** Milliseconds after which a writer that waits for room looks whether the ring was closed. */
const LONGEST_WAIT = 100;

/** Stands for a length where the writer went on at the start of the memory. */
const WRAPPED = 0xffff_ffff;

/**
 * A bounded queue of byte blocks in shared memory, from one writing thread to one reading thread. A copy in and no copy
 * out: posting messages between threads instead costs each its own buffer, and has no bound.
 */
export class SharedRingBuffer {
  private readonly header: Int32Array;
  private readonly bytes: Buffer;

  /** @param memory from `SharedRingBuffer.allocate`, the same for both threads */
  constructor(memory: SharedArrayBuffer) {
    this.header = new Int32Array(memory, 0, HEADER / 4);
    this.bytes = Buffer.from(memory, HEADER);
  }

  /** Memory for a ring that takes blocks of up to `largest` bytes (below 512 MiB). */
  static allocate(largest: number): SharedArrayBuffer {
    // Twice, because a block lies in one piece: it may need as much again where the memory ends.
    return new SharedArrayBuffer(HEADER + 2 ** Math.ceil(Math.log2(2 * (LENGTH + align(largest)))));
  }

  /** Appends a block, and blocks this thread until there is room; a block that finds none in a closed ring is lost. */
  write(block: Uint8Array): void {
    let written = Atomics.load(this.header, WRITTEN);
    const needed = LENGTH + align(block.length);
    let at = this.place(written);
    const wrap = at + needed > this.bytes.length;
    const total = wrap ? this.bytes.length - at + needed : needed;
    for (;;) {
      const read = Atomics.load(this.header, READ);
      if (this.bytes.length - ((written - read) >>> 0) >= total) break;
      if (this.closed) return;
      // Not for ever: `close` may come between these two lines.
      Atomics.wait(this.header, READ, read, LONGEST_WAIT);
    }
    if (wrap) {
      this.bytes.writeUInt32LE(WRAPPED, at);
      written += this.bytes.length - at;
      at = 0;
    }
    this.bytes.writeUInt32LE(block.length, at);
    this.bytes.set(block, at + LENGTH);
    Atomics.store(this.header, WRITTEN, (written + needed) | 0);
    Atomics.notify(this.header, WRITTEN);
  }

  /** Lends the oldest block to `use`, whose bytes are gone when it returns; gives its length, 0 when there was none. */
  read(use: (block: Buffer) => void): number {
    let read = Atomics.load(this.header, READ);
    if (read === Atomics.load(this.header, WRITTEN)) return 0;
    let at = this.place(read);
    let length = this.bytes.readUInt32LE(at);
    if (length === WRAPPED) {
      read += this.bytes.length - at;
      at = 0;
      length = this.bytes.readUInt32LE(at);
    }
    try {
      use(this.bytes.subarray(at + LENGTH, at + LENGTH + length));
    } finally {
      Atomics.store(this.header, READ, (read + LENGTH + align(length)) | 0);
      Atomics.notify(this.header, READ);
    }
    return length;
  }

  /** Throws away what was not read; for the reading thread. */
  discard(): void {
    Atomics.store(this.header, READ, Atomics.load(this.header, WRITTEN));
    Atomics.notify(this.header, READ);
  }

  /** Resolves with true as soon as there is a block, with false when there is none and the ring is closed. */
  async filled(): Promise<boolean> {
    for (;;) {
      // In this order: a block that was written before the ring was closed must not be missed.
      const { closed } = this;
      const written = Atomics.load(this.header, WRITTEN);
      if (written !== Atomics.load(this.header, READ)) return true;
      if (closed) return false;
      await Atomics.waitAsync(this.header, WRITTEN, written).value;
    }
  }

  /** Nothing more will be written; may be called by either thread. What is in the ring can still be read. */
  close(): void {
    Atomics.store(this.header, CLOSED, 1);
    Atomics.notify(this.header, CLOSED);
    Atomics.notify(this.header, WRITTEN);
    Atomics.notify(this.header, READ);
  }

  /** Blocks this thread until the other has closed the ring, and tells whether that came before the time was up. */
  waitClosed(milliseconds: number): boolean {
    return Atomics.wait(this.header, CLOSED, 0, milliseconds) !== 'timed-out';
  }

  private get closed(): boolean {
    return Atomics.load(this.header, CLOSED) === 1;
  }

  private place(count: number): number {
    return count & (this.bytes.length - 1);
  }
}

// A length never lies across the end of the memory.
function align(length: number): number {
  return (length + 3) & ~3;
}
