import { Router } from 'zeromq';
import { ROUTING_ID } from '../../src/broker/zeromq-source.js';

/** A ROUTER with the options of the real broker: it drops what it can't queue for an absent monitor. */
export class ChaosBroker {
  private readonly router = new Router({ linger: 0 });
  private last: Promise<void> = Promise.resolve();

  /** Resolves when the monitor is connected. Messages before that may be dropped. */
  readonly connected: Promise<void>;

  constructor(endpoint: string) {
    this.connected = new Promise((resolve) => this.router.events.on('handshake', () => resolve()));
    this.router.connect(endpoint);
  }

  /** Sends the frames of one message after all messages before it: a socket sends one at a time. */
  send(...frames: string[]): Promise<void> {
    this.last = this.last.then(() => this.router.send([ROUTING_ID, ...frames]));
    return this.last;
  }

  close(): void {
    this.router.close();
  }
}
