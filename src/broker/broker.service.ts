import { isIPv6 } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Router } from 'zeromq';
import { formatAddress, bindHost, zeromqEndpoint } from '../config/address.js';
import type { Settings } from '../config/settings.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { isExit, parseProgressMessage, PROGRESS, SKIP_REASONS, type SkipReason } from './progress-message.js';

/** The routing id by which the broker addresses its monitor (a constant of the broker's). */
export const ROUTING_ID = 'recodex-monitor';

/** Emitted when the broker's side orders the monitor to exit and `zeromq.remote_exit` allows it. */
export const EXIT_REQUESTED = 'exit-requested';

// libzmq drops the whole link, and other jobs' messages with it, when a message exceeds its own maximum; so that one
// stays far above `limits.message_bytes`, which is judged message by message.
const LARGEST_ZMQ_MESSAGE = 64 * 1024 * 1024;

/** Milliseconds that closing waits for a message, because right after one the next is furthest away. */
const LULL = 50;

/** Milliseconds without a message after which an unbound ROUTER counts as empty. */
const QUIET = 20;

/** Milliseconds after which a ROUTER is closed that never runs empty. */
const LONGEST_DRAIN = 1000;

/** The ROUTER socket that the broker connects to: every message in, as a `PROGRESS` event, or skipped and counted. */
@Injectable()
export class BrokerService implements OnApplicationBootstrap {
  /** Messages taken since the start. */
  received = 0;
  /** Messages skipped since the start, by reason. */
  readonly skipped = Object.fromEntries(
    [...SKIP_REASONS, 'remote_exit'].map((reason) => [reason, 0]),
  ) as Record<SkipReason | 'remote_exit', number>;
  /** Brokers connected now. */
  peers = 0;

  private readonly logger = new Logger(BrokerService.name);
  private readonly skips = new ThrottledWarning(this.logger, 'Skipped a message from the broker');
  private readonly strangers = new ThrottledWarning(this.logger, 'A peer on zeromq_uri does not speak ZMTP');
  private readonly failures = new ThrottledWarning(this.logger, 'Receiving from the broker failed');
  private readonly limits: Settings['limits'];
  private readonly remoteExit: boolean;
  // The broker's own ROUTER drops what it can't queue, so this side takes everything at once: no high-water mark.
  private readonly router = new Router({
    routingId: ROUTING_ID,
    receiveHighWaterMark: 0,
    maxMessageSize: LARGEST_ZMQ_MESSAGE,
    linger: 0,
  });
  private loop: Promise<void> = Promise.resolve();
  private bound = false;

  constructor(
    private readonly config: ConfigService<Settings, true>,
    private readonly events: EventEmitter2,
  ) {
    this.limits = config.get('limits', { infer: true });
    this.remoteExit = config.get('zeromq.remote_exit', { infer: true });
  }

  /** Where the ROUTER listens (`tcp://127.0.0.1:7894`), or `null` when it doesn't. */
  get endpoint(): string | null {
    return this.bound ? this.router.lastEndpoint : null;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.watchPeers();
    await this.bind();
    this.loop = this.receiveAll();
  }

  /** Ends the links, takes in what they had brought, and closes the socket; from then on the broker keeps its messages. */
  async close(): Promise<void> {
    if (this.router.closed) return;
    if (this.bound) await this.unbind();
    this.router.close();
    await this.loop;
    this.logger.log({
      message: 'Stopped listening for the broker',
      received: this.received,
      ...this.skipped,
    });
  }

  private async bind(): Promise<void> {
    const address = this.config.get('zeromq_uri', { infer: true });
    try {
      const ip = await bindHost(address);
      this.router.ipv6 = isIPv6(ip);
      await this.router.bind(zeromqEndpoint(ip, address.port));
    } catch (error) {
      this.router.close();
      throw new Error(`zeromq_uri: cannot listen on ${formatAddress(address)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    this.bound = true;
    this.logger.log({ message: 'Listening for the broker', address: this.router.lastEndpoint });
  }

  private async unbind(): Promise<void> {
    await this.events.waitFor(PROGRESS, LULL).catch(() => {});
    // Closing alone would lose what arrives in the milliseconds until libzmq's own thread has closed; an unbound socket
    // still gives what it took in. In libzmq disconnecting from a bound endpoint is unbinding; zeromq.js 6.8 unbinds in
    // another thread, though, while `receive` uses the socket in this one, which ends the process now and then.
    this.router.disconnect(this.router.lastEndpoint!);
    this.bound = false;
    const end = performance.now() + LONGEST_DRAIN;
    let before;
    do {
      before = this.received;
      await setTimeout(QUIET);
    } while (before !== this.received && performance.now() < end);
  }

  private async receiveAll(): Promise<void> {
    while (!this.router.closed) {
      try {
        // A loop around `receive` takes 12% more messages a second than `for await` does.
        for (;;) this.take(await this.router.receive());
      } catch (error) {
        if (this.router.closed) return;
        this.failures.warn({ reason: (error as Error).message });
        await setTimeout(1);
      }
    }
  }

  private take(frames: readonly Buffer[]): void {
    this.received++;
    if (isExit(frames)) return this.exit();
    const message = parseProgressMessage(frames, this.limits);
    if (typeof message === 'string') this.skip(message);
    else this.events.emit(PROGRESS, message);
  }

  private skip(reason: SkipReason): void {
    this.skipped[reason]++;
    this.skips.warn({ reason, skipped: this.skipped[reason] });
  }

  private exit(): void {
    if (this.remoteExit) {
      this.logger.warn('Exit requested over ZeroMQ');
      this.events.emit(EXIT_REQUESTED);
    } else {
      this.skipped.remote_exit++;
      this.skips.warn({
        reason: 'remote_exit',
        hint: 'zeromq.remote_exit is off',
        skipped: this.skipped.remote_exit,
      });
    }
  }

  private watchPeers(): void {
    const events = this.router.events;
    // Every link that ends is a `disconnect`, also one that failed its handshake and so was never a peer.
    let failed = 0;
    events.on('handshake', ({ address }) => {
      this.peers++;
      this.logger.log({ message: 'Broker connected', address, peers: this.peers });
    });
    events.on('disconnect', ({ address }) => {
      if (failed > 0) {
        failed--;
        return;
      }
      this.peers--;
      this.logger.log({ message: 'Broker disconnected', address, peers: this.peers });
    });
    for (const type of [
      'handshake:error:protocol',
      'handshake:error:auth',
      'handshake:error:other',
    ] as const) {
      events.on(type, ({ error }) => {
        failed++;
        this.strangers.warn({ reason: error.message });
      });
    }
  }
}
