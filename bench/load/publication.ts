import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Feed, MessageTemplate } from './feed.js';
import { now, writeStamp } from './message.js';
import type { PublishCommand } from './commands.js';

const CHUNK = 64 * 1024;

// `Atomics.wait` on this cell sleeps more exactly than a timer. Nothing else runs on the publisher's thread.
const SLEEP_CELL = new Int32Array(new SharedArrayBuffer(4));
const LONGEST_SLEEP_MS = 20;

/** Sends the messages of one command through a feed and respects its backpressure. */
export class Publication {
  private chunk = Buffer.allocUnsafe(CHUNK);
  private used = 0;
  private readonly templates: MessageTemplate[];

  /** @param startSeq sequence number of the first message */
  constructor(
    private readonly feed: Feed,
    private readonly command: PublishCommand,
    private readonly startSeq: number,
  ) {
    this.templates = this.channels().map((channel) => feed.task(channel));
  }

  /** Resolves when the last byte is sent and all messages are acknowledged. */
  async send(): Promise<{ startedAt: number; publishSeconds: number }> {
    const { messages, block = 1, rate = 0, channels, finish } = this.command;
    const startedAt = now();
    let sent = 0;
    for (let first = 0; first < messages; first += block) {
      for (const template of this.templates) {
        for (let i = first; i < Math.min(first + block, messages); i++) {
          if (rate > 0) await sleepUntil(startedAt + (sent / rate) * 1e9);
          if (this.append(template, this.startSeq + i) || rate > 0) await this.flush();
          sent++;
        }
      }
    }
    if (finish) for (const channel of this.channels()) await this.appendFinished(channel);
    await this.flush();
    await this.feed.acknowledged(sent + (finish ? channels : 0));
    return { startedAt, publishSeconds: (now() - startedAt) / 1e9 };
  }

  /** Returns true when the chunk should be sent. */
  private append({ bytes, taskIdAt }: MessageTemplate, seq: number): boolean {
    bytes.copy(this.chunk, this.used);
    writeStamp(this.chunk, this.used + taskIdAt, seq, now());
    this.used += bytes.length;
    return this.used > CHUNK - 1024;
  }

  private async appendFinished(channel: string): Promise<void> {
    const bytes = this.feed.finished(channel);
    if (this.used + bytes.length > CHUNK) await this.flush();
    this.used += bytes.copy(this.chunk, this.used);
  }

  private async flush(): Promise<void> {
    const chunk = this.chunk.subarray(0, this.used);
    // The socket may still hold the old chunk, so a new chunk replaces it. A small piece is copied instead, and the chunk
    // is used again.
    this.chunk = this.used > CHUNK / 2 ? Buffer.allocUnsafe(CHUNK) : this.chunk;
    this.used = 0;
    const { socket } = this.feed;
    const piece = chunk.length > CHUNK / 2 ? chunk : Buffer.from(chunk);
    if (!socket.write(piece)) await once(socket, 'drain');
  }

  private channels(): string[] {
    return Array.from({ length: this.command.channels }, (_, i) => `${this.command.prefix}-${i}`);
  }
}

async function sleepUntil(due: number): Promise<void> {
  for (let left = (due - now()) / 1e6; left > 0; left = (due - now()) / 1e6) {
    Atomics.wait(SLEEP_CELL, 0, 0, Math.min(left, LONGEST_SLEEP_MS));
    await setImmediate();
  }
}
