import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { bindHosts, formatAddress, zeromqEndpoint } from '../config/address.js';
import { limitsConfig, retentionConfig, rootConfig, zeromqConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { BrokerCounters } from './broker-counters.js';
import type { MessageSink, MessageSource, SourceStatus } from './message-source.js';
import { PeerLog } from './peer-log.js';
import { RouterWorker } from './router-worker.js';
import { SenderAccess } from './sender-access.js';
import { SenderRefusals } from './sender-refusals.js';
import type { RouterEvent, RouterOptions } from './worker-protocol.js';
import { errorText } from '../text/error-text.js';

/** The routing id by which the broker addresses its monitor. It is a constant of the broker. */
export const ROUTING_ID = 'recodex-monitor';

/** Milliseconds between two attempts to reopen a broken ROUTER. */
const REOPEN_INTERVAL = 1000;

/** Receives messages through the ROUTER to which the broker connects. */
@Injectable()
export class ZeromqSource implements MessageSource {
  private readonly logger = new Logger(ZeromqSource.name);
  private readonly handshakeFailures = new ThrottledWarning(
    this.logger,
    'A peer on zeromq_uri does not speak ZMTP',
  );
  private readonly failures = new ThrottledWarning(this.logger, 'Receiving from the broker failed');
  private readonly peerLog = new PeerLog(this.logger);
  private readonly refusals: SenderRefusals;
  private access: SenderAccess | undefined;
  // The thread takes 0.1 s to load. It loads while Nest creates the application.
  private worker: RouterWorker | undefined = new RouterWorker();
  private endpoint: string | null = null;
  private peers = 0;
  private stopped: Promise<void> | undefined;

  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    @Inject(zeromqConfig.KEY) private readonly zeromq: ConfigType<typeof zeromqConfig>,
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    @Inject(retentionConfig.KEY) private readonly retention: ConfigType<typeof retentionConfig>,
    private readonly counters: BrokerCounters,
  ) {
    this.refusals = new SenderRefusals(this.logger, counters);
  }

  get status(): SourceStatus {
    return { endpoint: this.endpoint, peers: this.peers };
  }

  async start(sink: MessageSink): Promise<void> {
    const { zeromq, limits, retention } = this;
    this.access ??= new SenderAccess({ zeromq, limits, retention }, this.counters, this.logger);
    try {
      await this.open(sink, this.access);
    } catch (error) {
      const address = formatAddress(this.root.zeromq_uri);
      throw new Error(`zeromq_uri: cannot listen on ${address}: ${errorText(error)}`, {
        cause: error,
      });
    }
    // A stop may have come meanwhile.
    if (!this.stopped) this.access.watch((rules) => this.worker?.setRules(rules));
  }

  reload(): void {
    this.access?.reload();
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.close());
  }

  private async close(): Promise<void> {
    this.endpoint = null;
    this.peers = 0;
    // The connections end with the ROUTER, so log lines about them would say nothing new.
    this.peerLog.stop();
    this.access?.unwatch();
    await this.worker?.close();
  }

  /** Resolves when the ROUTER is bound, rejects when it can't be bound. */
  private async open(sink: MessageSink, access: SenderAccess): Promise<void> {
    const options = await this.routerOptions(access);
    if (this.stopped) throw new Error('the monitor is stopping');
    const worker = (this.worker ??= new RouterWorker());
    await new Promise<void>((resolve, reject) => {
      worker.open(options, {
        sink,
        onEvent: (event) => {
          if (this.stopped) return;
          this.onEvent(event);
          if (event.kind === 'bound') resolve();
        },
        onExit: (reason) => {
          this.worker = undefined;
          reject(new Error(reason || 'the thread of the ROUTER has ended'));
          if (this.endpoint !== null) void this.reopen(sink, access, reason);
        },
      });
    });
  }

  private async routerOptions(access: SenderAccess): Promise<RouterOptions> {
    const { host, port } = this.root.zeromq_uri;
    const [first, ...others] = await bindHosts({ host, port });
    return {
      limits: this.limits,
      endpoints: [zeromqEndpoint(first, port), ...others.map((ip) => zeromqEndpoint(ip, port))],
      routingId: ROUTING_ID,
      heartbeat: this.zeromq.heartbeat,
      rules: access.rules,
      secretKey: access.keys?.secretKey ?? null,
    };
  }

  // No known event breaks a ROUTER. But without a ROUTER the monitor would run and show nothing, and no supervisor
  // would restart it.
  private async reopen(sink: MessageSink, access: SenderAccess, reason: string): Promise<void> {
    this.endpoint = null;
    this.setPeers(0);
    this.logger.error({ message: 'The ROUTER broke; reopening it', reason });
    while (this.endpoint === null) {
      await setTimeout(REOPEN_INTERVAL, undefined, { ref: false });
      if (this.stopped) return;
      this.counters.workerRestarts++;
      await this.open(sink, access).catch((error: Error) => {
        if (!this.stopped) this.failures.warn({ reason: error.message });
      });
    }
  }

  private onEvent(event: RouterEvent): void {
    switch (event.kind) {
      case 'bound':
        this.endpoint = event.endpoint;
        return this.logger.log({ message: 'Listening for the broker', address: event.endpoint });
      case 'peers':
        return this.setPeers(event.peers);
      case 'peer-refused':
        return this.refusals.peerRefused(event.reason, event);
      case 'over-quota':
        return this.refusals.overQuota(event.reason, event.sender);
      case 'handshake-failed':
        return this.handshakeFailures.warn({ reason: event.reason });
      case 'receive-failed':
        return this.failures.warn({ reason: event.reason });
    }
  }

  private setPeers(peers: number): void {
    if (peers > this.peers) this.counters.peersConnected += peers - this.peers;
    this.peers = peers;
    this.peerLog.changed(peers);
  }
}
