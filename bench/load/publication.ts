import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Feed, Template } from './feed.js';
import { now, writeStamp } from './message.js';
import type { PublishOrder } from './order.js';

const CHUNK = 64 * 1024;

// Sleeps without spinning, and more exactly than a timer; nothing else runs on the publisher's thread.
const BED = new Int32Array(new SharedArrayBuffer(4));
const LONGEST_SLEEP = 20;

/** Sends the messages of one order down a feed, and obeys its back-pressure. */
export class Publication {
  private chunk = Buffer.allocUnsafe(CHUNK);
  private used = 0;
  private readonly templates: Template[];

  /** @param from the sequence number to start with */
  constructor(
    private readonly feed: Feed,
    private readonly order: PublishOrder,
    private readonly from: number,
  ) {
    this.templates = this.channels().map((channel) => feed.task(channel));
  }

  /** Resolves when the last byte was sent and, where messages are acknowledged, all of them are. */
  async send(): Promise<{ startedAt: number; publishSeconds: number }> {
    const { messages, block = 1, rate = 0, channels, finish } = this.order;
    const startedAt = now();
    let sent = 0;
    for (let first = 0; first < messages; first += block) {
      for (const template of this.templates) {
        for (let i = first; i < Math.min(first + block, messages); i++) {
          if (rate > 0) await until(startedAt + (sent / rate) * 1e9);
          if (this.append(template, this.from + i) || rate > 0) await this.flush();
          sent++;
        }
      }
    }
    if (finish) for (const channel of this.channels()) await this.end(channel);
    await this.flush();
    await this.feed.acknowledged(sent + (finish ? channels : 0));
    return { startedAt, publishSeconds: (now() - startedAt) / 1e9 };
  }

  /** True when the chunk should be sent. */
  private append({ bytes, taskIdAt }: Template, seq: number): boolean {
    bytes.copy(this.chunk, this.used);
    writeStamp(this.chunk, this.used + taskIdAt, seq, now());
    this.used += bytes.length;
    return this.used > CHUNK - 1024;
  }

  private async end(channel: string): Promise<void> {
    const bytes = this.feed.finished(channel);
    if (this.used + bytes.length > CHUNK) await this.flush();
    this.used += bytes.copy(this.chunk, this.used);
  }

  private async flush(): Promise<void> {
    const chunk = this.chunk.subarray(0, this.used);
    // The socket may still hold the old one; small pieces come from Node's pool, so that a slow rate wastes nothing.
    this.chunk = this.used > CHUNK / 2 ? Buffer.allocUnsafe(CHUNK) : this.chunk;
    this.used = 0;
    const { socket } = this.feed;
    const piece = chunk.length > CHUNK / 2 ? chunk : Buffer.from(chunk);
    if (!socket.write(piece)) await once(socket, 'drain');
  }

  private channels(): string[] {
    return Array.from({ length: this.order.channels }, (_, i) => `${this.order.prefix}-${i}`);
  }
}

async function until(due: number): Promise<void> {
  for (let left = (due - now()) / 1e6; left > 0; left = (due - now()) / 1e6) {
    Atomics.wait(BED, 0, 0, Math.min(left, LONGEST_SLEEP));
    await setImmediate();
  }
}
