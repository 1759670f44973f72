import { hrtime } from 'node:process';
import type { ProgressMessage } from '../messages/progress-message.js';
import type { MessageSink } from './message-source.js';
import type { SharedRingBuffer } from './shared-ring-buffer.js';
import { REJECT_REASONS, TEXT_FRAMES, type RejectReason } from './validate.js';

/** Bytes after which a batch is written although more messages are waiting: a few hundred messages. */
const FULL = 32 * 1024;

/** Bytes of a message besides its texts: the kind, and the length of each text. */
const OVERHEAD = 1 + TEXT_FRAMES * 4;

/** The kind of an exit request. A kind up to `TEXT_FRAMES` is the number of texts of a message. */
const EXIT_REQUEST = TEXT_FRAMES + 1;

/** The kind of the receipt time at the start of a batch. */
const RECEIVED_AT = TEXT_FRAMES + 2;

/** The kind of the first reject reason. The kinds of the other reasons follow in the order of `REJECT_REASONS`. */
const REJECTED = TEXT_FRAMES + 3;

/** Bytes of the receipt time: its kind and a double. */
const START = 1 + 8;

/** Bytes of the largest batch when no message has more than `message_bytes`. */
export function largestBatch({ message_bytes }: { readonly message_bytes: number }): number {
  return FULL + START + OVERHEAD + message_bytes;
}

/**
 * Collects messages as bytes, and writes many messages at once to a ring buffer. A batch starts with the time of its first
 * message. A message starts with its kind (one byte). Its texts follow: the length of each text (four bytes), then the text
 * in UTF-8.
 */
export class MessageBatch {
  private bytes = Buffer.allocUnsafe(FULL + START + OVERHEAD);
  private used = 0;

  constructor(private readonly ring: SharedRingBuffer) {}

  /** Adds a valid message. The first frame, the routing id, is left out. */
  addMessage(frames: readonly Buffer[]): void {
    this.start();
    const texts = Math.min(frames.length - 1, TEXT_FRAMES);
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
    this.setUsed(at);
  }

  addRejected(reason: RejectReason): void {
    this.start();
    this.setUsed(this.bytes.writeUInt8(REJECTED + REJECT_REASONS.indexOf(reason), this.used));
  }

  addExitRequest(): void {
    this.start();
    this.setUsed(this.bytes.writeUInt8(EXIT_REQUEST, this.used));
  }

  /** Writes the collected messages to the ring buffer. */
  flush(): void {
    if (this.used > 0) this.ring.write(this.bytes.subarray(0, this.used));
    this.used = 0;
  }

  private start(): void {
    if (this.used > 0) return;
    this.bytes.writeUInt8(RECEIVED_AT, 0);
    this.used = this.bytes.writeDoubleLE(threadsClock(), 1);
  }

  private setUsed(used: number): void {
    this.used = used;
    if (used >= FULL) this.flush();
  }

  private grow(needed: number): void {
    const bytes = Buffer.allocUnsafe(needed);
    bytes.set(this.bytes.subarray(0, this.used));
    this.bytes = bytes;
  }
}

/** Passes the messages of a `MessageBatch` to `sink`, in the same order. */
export function readBatch(bytes: Buffer, sink: MessageSink): void {
  let at = 0;
  let receivedAt = 0;
  const text = (): string => {
    const start = at + 4;
    at = start + bytes.readUInt32LE(at);
    return knownWord(bytes, start, at) ?? bytes.toString('utf8', start, at);
  };
  const message = (texts: number): ProgressMessage => {
    if (texts === 2) return { channelId: text(), command: text() };
    if (texts === 3) return { channelId: text(), command: text(), taskId: text() };
    return { channelId: text(), command: text(), taskId: text(), taskState: text() };
  };
  while (at < bytes.length) {
    const kind = bytes[at++]!;
    if (kind >= REJECTED) sink.rejected(REJECT_REASONS[kind - REJECTED]!);
    else if (kind === EXIT_REQUEST) sink.exitRequested();
    else if (kind === RECEIVED_AT) {
      receivedAt = bytes.readDoubleLE(at) + CLOCK_OFFSET;
      at += 8;
    } else sink.message(message(kind), receivedAt);
  }
}

// `performance.now` starts at 0 in each thread. This clock is the same in all threads.
function threadsClock(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Milliseconds from the clock of all threads to `performance.now` of this thread. */
const CLOCK_OFFSET = performance.now() - threadsClock();

// Most texts other than ids are one of these words. Comparing bytes takes a tenth of the time of decoding them.
const KNOWN_WORDS = ['TASK', 'COMPLETED', 'FAILED', 'SKIPPED', 'STARTED', 'ENDED', 'FINISHED'];

function knownWord(bytes: Buffer, start: number, end: number): string | undefined {
  for (const word of KNOWN_WORDS) if (word.length === end - start && equals(word, bytes, start)) return word;
  return undefined;
}

function equals(word: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
