import type { ServerResponse } from 'node:http';
import { SSE_HEADERS } from '../gateway/sse/sse-connection.js';

/** The start of the stream: an EventSource reconnects after 2 s. */
const START = 'retry: 2000\n\n';

/** Writes Server-Sent Events to an operator's client, and waits for a client that reads slowly. */
export class EventWriter {
  closed = false;
  private drained: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param lag seconds after which a client is disconnected that takes no bytes
   * @param onClosed called once, when either side has closed the stream
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly lag: number,
    onClosed: () => void,
  ) {
    response.once('close', () => {
      this.closed = true;
      this.resume();
      onClosed();
    });
    response.on('drain', () => this.resume());
    response.on('error', () => {});
    response.writeHead(200, SSE_HEADERS);
    response.write(START);
  }

  /** Writes a text. Resolves when the client can take more, or when the stream is closed. */
  async write(text: string): Promise<void> {
    if (this.closed || this.response.write(text)) return;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
      this.timer = setTimeout(() => this.response.destroy(), this.lag * 1000).unref();
    });
  }

  /** Ends the stream. */
  close(): void {
    this.closed = true;
    this.response.end();
  }

  private resume(): void {
    clearTimeout(this.timer);
    this.drained?.();
    this.drained = undefined;
  }
}
