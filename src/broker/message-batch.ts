import type { SharedRingBuffer } from './shared-ring-buffer.js';
import {
  REJECT_REASONS,
  TEXTS,
  type ProgressMessage,
  type RejectReason,
} from '../messages/progress-message.js';

/** What the ROUTER took in: a message, the order to exit, or what was wrong with one. */
export type Item = ProgressMessage | RejectReason | 'exit';

const ODDITIES = ['exit', ...REJECT_REASONS] as const;

/** Bytes after which a batch is written even if more messages are there: some hundred messages. */
const LARGEST_BATCH = 32 * 1024;

/** Bytes of a batch around the texts of one message: its kind, and a length for each text. */
const OVERHEAD = 1 + TEXTS * 4;

/** Bytes of the largest batch, when no message has more than `message_bytes`. */
export function largestBatch({ message_bytes }: { readonly message_bytes: number }): number {
  return LARGEST_BATCH + OVERHEAD + message_bytes;
}

/**
 * Gathers items as bytes and writes many at once to a ring. A kind (one byte) is followed, if it is up to `TEXTS`, by so
 * many texts of UTF-8 behind their lengths; above that it says which oddity it is.
 */
export class Batch {
  private bytes = Buffer.allocUnsafe(LARGEST_BATCH + OVERHEAD);
  private used = 0;

  constructor(private readonly ring: SharedRingBuffer) {}

  /** Adds a message; its frames (channel id, command, ...) start behind the routing id. */
  message(frames: readonly Buffer[]): void {
    const texts = Math.min(frames.length - 1, TEXTS);
    let needed = this.used + OVERHEAD;
    for (let i = 1; i <= texts; i++) needed += frames[i]!.length;
    if (needed > this.bytes.length) this.grow(needed);

    let at = this.bytes.writeUInt8(texts, this.used);
    for (let i = 1; i <= texts; i++) {
      const text = frames[i]!;
      at = this.bytes.writeUInt32LE(text.length, at);
      this.bytes.set(text, at);
      at += text.length;
    }
    this.added(at);
  }

  oddity(oddity: RejectReason | 'exit'): void {
    this.added(this.bytes.writeUInt8(TEXTS + 1 + ODDITIES.indexOf(oddity), this.used));
  }

  /** Writes what was gathered. */
  flush(): void {
    if (this.used > 0) this.ring.write(this.bytes.subarray(0, this.used));
    this.used = 0;
  }

  private added(used: number): void {
    this.used = used;
    if (used >= LARGEST_BATCH) this.flush();
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafe(needed);
    bytes.set(this.bytes.subarray(0, this.used));
    this.bytes = bytes;
  }
}

/** Reads what a `Batch` wrote, in the same order. */
export function readBatch(bytes: Buffer, take: (item: Item) => void): void {
  let at = 0;
  const text = (): string => {
    const start = at + 4;
    at = start + bytes.readUInt32LE(at);
    return knownWord(bytes, start, at) ?? bytes.toString('utf8', start, at);
  };
  while (at < bytes.length) {
    const kind = bytes[at++]!;
    if (kind > TEXTS) take(ODDITIES[kind - TEXTS - 1]!);
    else if (kind === 2) take({ channelId: text(), command: text() });
    else if (kind === 3) take({ channelId: text(), command: text(), taskId: text() });
    else take({ channelId: text(), command: text(), taskId: text(), taskState: text() });
  }
}

// Most texts that are no id are one of these. Comparing bytes here takes a tenth of the time of decoding them.
const KNOWN_WORDS = ['TASK', 'COMPLETED', 'FAILED', 'SKIPPED', 'STARTED', 'ENDED', 'FINISHED'];

function knownWord(bytes: Buffer, start: number, end: number): string | undefined {
  for (const word of KNOWN_WORDS) if (word.length === end - start && equals(word, bytes, start)) return word;
  return undefined;
}

function equals(word: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
