import { Router } from 'zeromq';
import { ROUTING_ID } from '../../src/broker/zeromq-source.js';

/** Milliseconds between two sendings. */
const TICK = 1;

/**
 * A ROUTER that behaves as the broker's: it connects again by itself, keeps for an absent monitor what its high-water
 * mark allows, and drops the rest without an error (ROUTER_MANDATORY is off). It sends numbered tasks at a rate.
 */
export class PacingBroker {
  /** Messages sent with `rate`. */
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

  /** Sends tasks `0`, `1`, ... to a channel at so many messages a second, until `stop`. */
  start(channel: string, rate: number): void {
    const start = performance.now();
    this.running = (async () => {
      while (!this.stopped) {
        const due = ((performance.now() - start) * rate) / 1000;
        while (this.sent < due) await this.send(channel, 'TASK', String(this.sent++), 'COMPLETED');
        await new Promise((resolve) => setTimeout(resolve, TICK));
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
