import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { formatAddress, bindHosts, zeromqEndpoint } from '../config/address.js';
import { limitsConfig, rootConfig, zeromqConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import type { Item } from './message-batch.js';
import { PeerLog } from './peer-log.js';
import { PROGRESS } from '../messages/progress-message.js';
import { RouterWorker, type Notice } from './router-worker.js';
import { REJECT_REASONS, type RejectReason } from './validate.js';

/** The routing id by which the broker addresses its monitor (a constant of the broker's). */
export const ROUTING_ID = 'recodex-monitor';

/** Emitted when the broker's side orders the monitor to exit and `zeromq.remote_exit` allows it. */
export const EXIT_REQUESTED = 'exit-requested';

/** Milliseconds between two tries to bind the ROUTER again after it broke. */
const RETRY = 1000;

/** The ROUTER socket that the broker connects to: every message in, as a `PROGRESS` event, or skipped and counted. */
@Injectable()
export class BrokerService {
  /** Where the ROUTER listens (`tcp://127.0.0.1:7894`), or `null` when it doesn't. */
  endpoint: string | null = null;
  /** Messages taken since the start. */
  received = 0;
  /** Messages skipped since the start, by reason. */
  readonly skipped = Object.fromEntries(
    [...REJECT_REASONS, 'remote_exit'].map((reason) => [reason, 0]),
  ) as Record<RejectReason | 'remote_exit', number>;
  /** Brokers connected now. */
  peers = 0;

  private readonly logger = new Logger(BrokerService.name);
  private readonly skips = new ThrottledWarning(this.logger, 'Skipped a message from the broker');
  private readonly strangers = new ThrottledWarning(this.logger, 'A peer on zeromq_uri does not speak ZMTP');
  private readonly failures = new ThrottledWarning(this.logger, 'Receiving from the broker failed');
  private readonly links = new PeerLog(this.logger);
  private receiver: RouterWorker | undefined;
  private closing = false;

  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    @Inject(zeromqConfig.KEY) private readonly zeromq: ConfigType<typeof zeromqConfig>,
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    private readonly events: EventEmitter2,
  ) {}

  /** Binds the ROUTER. Rejects with an error that names the key and the address. */
  async start(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      const address = formatAddress(this.root.zeromq_uri);
      throw new Error(`zeromq_uri: cannot listen on ${address}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Ends the links, takes in what they had brought, and closes the socket; from then on the broker keeps its messages. */
  async stop(): Promise<void> {
    this.closing = true;
    this.endpoint = null;
    if (!this.receiver) return;
    this.links.stop();
    await this.receiver.close();
    this.peers = 0;
    this.logger.log({
      message: 'Stopped listening for the broker',
      received: this.received,
      ...this.skipped,
    });
  }

  /** Resolves when the ROUTER is bound, rejects when it can't be. */
  private async open(): Promise<void> {
    const { host, port } = this.root.zeromq_uri;
    const [first, ...others] = await bindHosts({ host, port });
    // A `close` that came meanwhile found no receiver.
    if (this.closing) return;
    const data = {
      limits: this.limits,
      endpoints: [zeromqEndpoint(first, port), ...others.map((ip) => zeromqEndpoint(ip, port))] as const,
      routingId: ROUTING_ID,
      heartbeat: this.zeromq.heartbeat,
    };
    await new Promise<void>((resolve, reject) => {
      this.receiver = new RouterWorker(data, {
        bound: (endpoint) => {
          this.endpoint = endpoint;
          this.logger.log({ message: 'Listening for the broker', address: endpoint });
          resolve();
        },
        take: (item) => this.take(item),
        notice: (notice) => this.hear(notice),
        ended: (reason) => {
          this.receiver = undefined;
          reject(new Error(reason));
          if (this.endpoint) void this.reopen(reason);
        },
      });
    });
  }

  // Nothing that is known breaks a ROUTER. But a monitor that runs without one would be the worst of failures: nobody
  // sees anything, and no supervisor restarts it.
  private async reopen(reason: string): Promise<void> {
    this.endpoint = null;
    this.setPeers(0);
    this.logger.error({ message: 'The ROUTER broke; opening it again', reason });
    while (!this.closing) {
      await setTimeout(RETRY, undefined, { ref: false });
      try {
        return await this.open();
      } catch (error) {
        this.failures.warn({ reason: (error as Error).message });
      }
    }
  }

  private take(item: Item): void {
    this.received++;
    try {
      if (typeof item !== 'string') this.events.emit(PROGRESS, item);
      else if (item === 'exit') this.exit();
      else this.skip(item);
    } catch (error) {
      this.failures.warn({ reason: (error as Error).message });
    }
  }

  private hear(notice: Notice): void {
    if (notice.kind === 'peers') this.setPeers(notice.peers);
    else {
      const warning = notice.kind === 'stranger' ? this.strangers : this.failures;
      warning.warn({ reason: notice.reason });
    }
  }

  private setPeers(peers: number): void {
    this.peers = peers;
    this.links.changed(peers);
  }

  private skip(reason: RejectReason): void {
    this.skipped[reason]++;
    this.skips.warn({ reason, skipped: this.skipped[reason] });
  }

  private exit(): void {
    if (this.zeromq.remote_exit) {
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
}
