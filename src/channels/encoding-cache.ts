import type { LazyEncodedLog } from './lazy-encoded-log.js';
import { ExpiryQueue } from './retention/expiry-queue.js';

/** Seconds that an encoding stays in memory after its last read. */
const EXPIRY = 30;

/**
 * Bounds the memory of all `LazyEncodedLog`s. Removes the least recently read encoding when `limit` is exceeded, and
 * each encoding 30 s after its last read. When a client reads a removed encoding, the log encodes its messages again.
 * So no log is evicted because of its encodings.
 */
export class EncodingCache {
  /** Bytes of all encodings. */
  bytes = 0;
  private readonly queue = new ExpiryQueue<LazyEncodedLog>(
    () => EXPIRY,
    (encoding) => this.remove(encoding),
  );

  /** @param limits read at the time of use, because a reload of the configuration may change them */
  constructor(private readonly limits: { readonly encoded_bytes: number }) {}

  /** Records a read of an encoding, which has grown by `growth` bytes. */
  recordRead(encoding: LazyEncodedLog, growth: number): void {
    // The usual case: all subscribers of a channel read the same message, one after the other.
    if (growth === 0 && this.queue.newest === encoding) return;
    if (encoding.cached) this.queue.refresh(encoding);
    else this.queue.add(encoding);
    encoding.cached = true;
    this.bytes += growth;
    this.enforce();
  }

  /** Removes encodings until the rest is within the limit. */
  enforce(): void {
    while (this.bytes > this.limits.encoded_bytes && this.queue.oldest) this.remove(this.queue.oldest);
  }

  /** Records that an encoding has shrunk by `bytes`, because its log was trimmed. */
  recordTrim(bytes: number): void {
    this.bytes -= bytes;
  }

  /** Removes an encoding from its log. Does nothing when it is already removed. */
  remove(encoding: LazyEncodedLog): void {
    if (!encoding.cached) return;
    this.queue.delete(encoding);
    encoding.cached = false;
    this.bytes -= encoding.bytes;
    encoding.log.removeEncoding(encoding.encoder);
  }
}
