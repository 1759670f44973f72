import { ExpiryQueue } from './retention/expiry-queue.js';
import type { LazyEncodedLog } from './lazy-encoded-log.js';

/** Seconds that an encoding stays after somebody has read it. */
const KEEP = 30;

/**
 * All encodings that were read lately, within a bound in bytes. The one that was not read for longest goes first: its log
 * makes it again when somebody reads it, so no log ever has to go because of encodings.
 */
export class EncodingCache {
  /** Bytes of all encodings. */
  bytes = 0;
  private readonly used = new ExpiryQueue<LazyEncodedLog>(KEEP, (encoding) => this.drop(encoding));

  /** @param limit bytes; see `limits.encoded_bytes` */
  constructor(private readonly limit: number) {}

  /** Notes that an encoding was read, and has grown by `growth` bytes. */
  read(encoding: LazyEncodedLog, growth: number): void {
    // All readers of a channel come here with each message, one after the other.
    if (growth === 0 && this.used.newest === encoding) return;
    if (encoding.cached) this.used.refresh(encoding);
    else this.used.add(encoding);
    encoding.cached = true;
    this.bytes += growth;
    while (this.bytes > this.limit && this.used.oldest) this.drop(this.used.oldest);
  }

  /** Notes that an encoding has shrunk by `bytes`, because its log was trimmed. */
  shrunk(bytes: number): void {
    this.bytes -= bytes;
  }

  /** Drops an encoding, which may be dropped already. */
  drop(encoding: LazyEncodedLog): void {
    if (!encoding.cached) return;
    this.used.delete(encoding);
    encoding.cached = false;
    this.bytes -= encoding.bytes;
    encoding.log.dropEncoding(encoding.encoder);
  }
}
