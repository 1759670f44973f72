import { Router } from 'zeromq';
import { ROUTING_ID } from '../../src/broker/zeromq-source.js';

/** Milliseconds between two turns of sending. */
const SEND_INTERVAL = 1;

/**
 * A ROUTER with the options of the real broker. It reconnects, keeps messages for an absent monitor up to its high-water
 * mark, and drops the rest without an error, because ROUTER_MANDATORY is off. It sends numbered tasks at a fixed rate.
 */
export class PacingBroker {
  /** The number of tasks sent since `start`. */
  sent = 0;
  private readonly router = new Router({ linger: 0 });
  private running: Promise<void> | undefined;
  private stopped = false;

  async connect(endpoint: string): Promise<void> {
    const connected = new Promise<void>((resolve) => this.router.events.on('handshake', () => resolve()));
    this.router.connect(endpoint);
    await connected;
  }

  async send(...frames: string[]): Promise<void> {
    await this.router.send([ROUTING_ID, ...frames]);
  }

  /** Sends the tasks `0`, `1`, ... to a channel until `stop`. @param rate messages per second */
  start(channel: string, rate: number): void {
    const start = performance.now();
    this.running = (async () => {
      while (!this.stopped) {
        const due = ((performance.now() - start) * rate) / 1000;
        while (this.sent < due) await this.send(channel, 'TASK', String(this.sent++), 'COMPLETED');
        await new Promise((resolve) => setTimeout(resolve, SEND_INTERVAL));
      }
    })();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  close(): void {
    this.router.close();
  }
}
