import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'zeromq';

import { commandName } from './shell.js';

const MONITOR = 'recodex-monitor';
/** How long the process waits at its end for messages that libzmq still holds. */
const LINGER_MS = 5000;
/** How often a send that can't go on looks whether it was told to stop. */
const SEND_TIMEOUT_MS = 250;
const ROUTE_POLL_MS = 10;

/** The broker's side of its link to a monitor: a ROUTER that connects and addresses the monitor by its routing id. */
export class PretendBroker {
  private readonly router: Router;

  /** `patience`: seconds to wait for the monitor. */
  constructor(
    private readonly endpoint: string,
    private readonly patience: number,
    private readonly signal: AbortSignal,
  ) {
    this.router = new Router({
      mandatory: true,
      linger: LINGER_MS,
      sendTimeout: SEND_TIMEOUT_MS,
      ipv6: endpoint.includes('['),
    });
  }

  /** Resolves when something answers at the endpoint, and rejects when nothing does. */
  async connect(): Promise<void> {
    const answered = new AbortController();
    const handshake = new Promise<true>((resolve) => {
      this.router.events.on('handshake', () => resolve(true));
    });
    try {
      this.router.connect(this.endpoint);
    } catch {
      throw new Error(`expected a ZeroMQ endpoint such as tcp://127.0.0.1:7894, got "${this.endpoint}"`);
    }
    const signal = AbortSignal.any([this.signal, answered.signal]);
    const timeout = sleep(this.patience * 1000, false, { signal });
    const found = await Promise.race([handshake, timeout]);
    timeout.catch(() => undefined);
    answered.abort();
    if (found) return;
    throw new Error(
      `no monitor answers at ${this.endpoint} (waited ${this.patience} s): start it with "${commandName()} run"`,
    );
  }

  /** Sends the frames of one message; while the monitor is away, libzmq keeps 1,000 of them, then this waits. */
  async send(frames: string[]): Promise<void> {
    const deadline = performance.now() + this.patience * 1000;
    for (;;) {
      this.signal.throwIfAborted();
      try {
        return await this.router.send([MONITOR, ...frames]);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EAGAIN') continue;
        if (code !== 'EHOSTUNREACH') throw error;
        if (performance.now() > deadline) {
          throw new Error(
            `the peer at ${this.endpoint} is not a recodex-monitor (its routing id is not ${MONITOR})`,
          );
        }
        // The route appears a moment after the handshake.
        await sleep(ROUTE_POLL_MS, undefined, { signal: this.signal });
      }
    }
  }

  /** Closes the link; what was sent still goes out, unless it was told to stop. */
  close(): void {
    if (this.signal.aborted) this.router.linger = 0;
    this.router.close();
  }
}
