import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Feed, MessageTemplate } from './feed.js';
import { FINISHED_JSON, TASK_ID_AT, TASK_JSON } from './message.js';

const STATUS_LINE = 'HTTP/1.1 ';
const STATUS_BYTES = STATUS_LINE.length + 1;

/** Feeds an HTTP publisher with pipelined POSTs on one connection. */
export class HttpFeed implements Feed {
  private answers = 0;
  private refused = 0;
  private rest = '';
  private waiting: { count: number; resolve: () => void } | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => this.count(data));
  }

  static async connect(port: number): Promise<HttpFeed> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new HttpFeed(socket);
  }

  task(channel: string): MessageTemplate {
    const bytes = post(channel, TASK_JSON);
    return { bytes, taskIdAt: bytes.length - TASK_JSON.length + TASK_ID_AT };
  }

  finished(channel: string): Buffer {
    return post(channel, FINISHED_JSON.toString());
  }

  async acknowledged(messages: number): Promise<void> {
    const count = messages;
    if (this.answers < count) await new Promise<void>((resolve) => (this.waiting = { count, resolve }));
    this.answers -= count;
    if (this.refused > 0) throw new Error(`${this.refused} messages were not accepted`);
  }

  private count(data: Buffer): void {
    const text = this.rest + data.toString('latin1');
    let at = text.indexOf(STATUS_LINE);
    let counted = 0;
    for (; at >= 0 && at + STATUS_BYTES <= text.length; at = text.indexOf(STATUS_LINE, counted)) {
      this.answers++;
      if (text[at + STATUS_BYTES - 1] !== '2') this.refused++;
      counted = at + STATUS_BYTES;
    }
    this.rest = text.slice(Math.max(counted, text.length - STATUS_BYTES + 1));
    if (this.waiting && this.answers >= this.waiting.count) {
      this.waiting.resolve();
      this.waiting = undefined;
    }
  }
}

function post(channel: string, body: string): Buffer {
  return Buffer.from(
    `POST /pub?id=${channel} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
