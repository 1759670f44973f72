// The memory begins with three 32-bit values. The two indexes only grow (mod 2^32). Their difference is the number of
// unread bytes. Their low bits are the offsets, because the capacity is a power of two.
const WRITE_INDEX = 0;
const READ_INDEX = 1;
const CLOSED = 2;
const HEADER = 3 * 4;

/** Bytes before each block, for its length. */
const LENGTH = 4;

/** Milliseconds after which a writer that waits for space checks whether the ring buffer is closed. */
const MAX_WAIT = 100;

/** A value in place of a length: the next block is at the start of the memory. */
const WRAP = 0xffff_ffff;

/**
 * A bounded queue of byte blocks in shared memory, from one writing thread to one reading thread. A block is copied
 * once, when it is written. `postMessage` would allocate a buffer for each message, and its queue has no bound.
 */
export class SharedRingBuffer {
  private readonly header: Int32Array;
  private readonly bytes: Buffer;

  /** @param memory from `SharedRingBuffer.allocate`, the same for both threads */
  constructor(memory: SharedArrayBuffer) {
    this.header = new Int32Array(memory, 0, HEADER / 4);
    this.bytes = Buffer.from(memory, HEADER);
  }

  /** Allocates memory for blocks of up to `largest` bytes (below 512 MiB). */
  static allocate(largest: number): SharedArrayBuffer {
    // Twice the largest block: a block is contiguous, so almost one block may stay unused at the end of the memory.
    return new SharedArrayBuffer(HEADER + 2 ** Math.ceil(Math.log2(2 * (LENGTH + align(largest)))));
  }

  /** Bytes that can be written now, including the length before each block. */
  get free(): number {
    return this.bytes.length - ((this.writeIndex - this.readIndex) >>> 0);
  }

  /**
   * Appends a block. Waits in this thread until there is space. Drops the block if there is no space and the ring
   * buffer is closed.
   */
  write(block: Uint8Array): void {
    let index = this.writeIndex;
    const needed = LENGTH + align(block.length);
    let offset = this.offsetOf(index);
    const wraps = offset + needed > this.bytes.length;
    const unused = wraps ? this.bytes.length - offset : 0;
    if (!this.waitFree(unused + needed)) return;
    if (wraps) {
      this.bytes.writeUInt32LE(WRAP, offset);
      index += unused;
      offset = 0;
    }
    this.bytes.writeUInt32LE(block.length, offset);
    this.bytes.set(block, offset + LENGTH);
    Atomics.store(this.header, WRITE_INDEX, (index + needed) | 0);
    Atomics.notify(this.header, WRITE_INDEX);
  }

  /**
   * Passes the oldest block to `use`, which must not keep the bytes. Returns the length of the block, or 0 if there is
   * no block.
   */
  read(use: (block: Buffer) => void): number {
    let index = this.readIndex;
    if (index === this.writeIndex) return 0;
    let offset = this.offsetOf(index);
    let length = this.bytes.readUInt32LE(offset);
    if (length === WRAP) {
      index += this.bytes.length - offset;
      offset = 0;
      length = this.bytes.readUInt32LE(offset);
    }
    try {
      use(this.bytes.subarray(offset + LENGTH, offset + LENGTH + length));
    } finally {
      this.setReadIndex((index + LENGTH + align(length)) | 0);
    }
    return length;
  }

  /** Drops all unread blocks; called by the reading thread. */
  discard(): void {
    this.setReadIndex(this.writeIndex);
  }

  /** Resolves to true when there is a block to read, and to false when the ring buffer is empty and closed. */
  async waitReadable(): Promise<boolean> {
    for (;;) {
      // `closed` is read first: a block that was written before `close` is then visible.
      const { closed } = this;
      const index = this.writeIndex;
      if (index !== this.readIndex) return true;
      if (closed) return false;
      await Atomics.waitAsync(this.header, WRITE_INDEX, index).value;
    }
  }

  /** Either thread may close the ring buffer. Unread blocks can still be read. */
  close(): void {
    Atomics.store(this.header, CLOSED, 1);
    Atomics.notify(this.header, CLOSED);
    Atomics.notify(this.header, WRITE_INDEX);
    Atomics.notify(this.header, READ_INDEX);
  }

  /** Blocks this thread until the other thread closes the ring buffer. Returns false after a timeout. */
  blockUntilClosed(milliseconds: number): boolean {
    return Atomics.wait(this.header, CLOSED, 0, milliseconds) !== 'timed-out';
  }

  /** Blocks this thread until `bytes` are free. Returns false if they are not free and the ring buffer is closed. */
  private waitFree(bytes: number): boolean {
    for (;;) {
      const { readIndex } = this;
      if (this.free >= bytes) return true;
      if (this.closed) return false;
      // Wait with a timeout: `close` may run between the check and the wait.
      Atomics.wait(this.header, READ_INDEX, readIndex, MAX_WAIT);
    }
  }

  private get writeIndex(): number {
    return Atomics.load(this.header, WRITE_INDEX);
  }

  private get readIndex(): number {
    return Atomics.load(this.header, READ_INDEX);
  }

  private setReadIndex(index: number): void {
    Atomics.store(this.header, READ_INDEX, index);
    Atomics.notify(this.header, READ_INDEX);
  }

  private get closed(): boolean {
    return Atomics.load(this.header, CLOSED) === 1;
  }

  private offsetOf(index: number): number {
    return index & (this.bytes.length - 1);
  }
}

/** Rounds up to four bytes, so that no length lies across the end of the memory. */
function align(length: number): number {
  return (length + 3) & ~3;
}
