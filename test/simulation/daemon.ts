import { RelayService } from '../../src/relay/relay.service.js';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { ChannelFeed } from '../../src/admin/channel-feed.js';
import { LifecycleService } from '../../src/app/lifecycle.service.js';
import { BrokerCounters } from '../../src/broker/broker-counters.js';
import { BrokerService } from '../../src/broker/broker.service.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import type { Settings } from '../../src/config/settings.js';
import { Admission } from '../../src/gateway/admission.js';
import { OriginPolicy } from '../../src/http/origin-policy.js';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import type { WriterBounds } from '../../src/journal/journal-writer.js';
import type { JournalService } from '../../src/journal/journal.service.js';
import type { PublishingService } from '../../src/publishing/publishing.service.js';
import type { ReloadService } from '../../src/reload/reload.service.js';
import type { ConnectRequest } from './client-network.js';
import type { Coverage } from './coverage.js';
import type { EventLoop, SimulatedProcess } from './event-loop.js';
import type { Link } from './link.js';
import type { MemoryBroker } from './memory-broker.js';
import type { DiskLoss, MemoryDisk } from './memory-disk.js';
import { SimulatedJournal } from './simulated-journal.js';
import { SimulatedServers } from './simulated-servers.js';
import type { ServerState, StreamCheck } from './stream-check.js';
import { LONGEST_FLUSH, type Truth } from './truth.js';

/** More messages in one flush than a batch of the broker has: the flush has waited for several batches. */
const BURST = 200;

/** Bytes of the largest write to a socket, and of what goes before and after it: the head of the response, control frames. */
const LARGEST_WRITE = 64 * 1024 + 1024;

/** The surroundings of a process of the monitor. */
export interface DaemonContext {
  readonly loop: EventLoop;
  readonly broker: MemoryBroker;
  readonly settings: Settings;
  readonly process: SimulatedProcess;
  /** `undefined`: the monitor has no journal. */
  readonly journal: { readonly disk: MemoryDisk; readonly bounds: WriterBounds } | undefined;
  readonly truth: Truth;
  readonly coverage: Coverage;
  /** Bytes from which a socket of the monitor is full. */
  readonly highWaterMark: number;
}

// Nobody uses the admin listener.
const NO_OPERATORS = { closeAll: () => {} } as unknown as ChannelFeed;
const NO_PUBLISHING = { open: () => {}, close: () => {} } as unknown as PublishingService;
const NO_RELOAD = { open: () => {}, close: () => {} } as unknown as ReloadService;
const NO_JOURNAL = { start: async () => {}, stop: async () => {} } as unknown as JournalService;

/** One process of the monitor: the real services on simulated sockets. */
export class Daemon {
  readonly channels: ChannelsService;
  readonly connections: ConnectionRegistry;
  readonly admission: Admission;
  /** The process has got SIGTERM. */
  isStopping = false;
  private readonly servers: SimulatedServers;
  private readonly lifecycle: LifecycleService;
  private readonly journal: SimulatedJournal | undefined;
  private readonly links = new Set<Link>();

  constructor(private readonly context: DaemonContext) {
    const { settings, broker } = context;
    const events = new EventEmitter2();
    this.channels = new ChannelsService(
      settings.limits,
      settings.retention,
      settings.legacy,
      settings.logger,
      events,
    );
    this.channels.onModuleInit();
    this.connections = new ConnectionRegistry(settings.heartbeat);
    this.servers = new SimulatedServers(settings);
    this.admission = new Admission(
      this.servers.asServers,
      this.connections,
      new OriginPolicy(settings),
      settings.relay,
    );
    this.servers.serve(this.channels, this.connections, this.admission);
    const source = broker.createSource(this.process);
    const service = new BrokerService(source, settings.zeromq, events, new BrokerCounters());
    this.journal = context.journal && new SimulatedJournal({ ...context, ...context.journal }, this.channels);
    this.lifecycle = new LifecycleService(
      settings.shutdown,
      this.servers.asServers,
      NO_OPERATORS,
      this.connections,
      this.journal?.asService ?? NO_JOURNAL,
      this.channels,
      service,
      NO_PUBLISHING,
      this.admission,
      NO_RELOAD,
      new RelayService(settings.relay, this.channels),
      events,
    );
  }

  get process(): SimulatedProcess {
    return this.context.process;
  }

  get highWaterMark(): number {
    return this.context.highWaterMark;
  }

  /** Runs in the process of this monitor. */
  start(): void {
    void this.lifecycle.start();
  }

  /** Stops gracefully, as after SIGTERM. Runs in the process of this monitor. */
  stop(onStopped: () => void): void {
    void this.lifecycle.beforeApplicationShutdown().then(() => {
      this.connections.onApplicationShutdown();
      this.channels.onApplicationShutdown();
      onStopped();
    });
  }

  /** The process is gone, with everything in its memory. */
  die(loss?: DiskLoss): void {
    if (loss) this.journal?.crash(loss);
    this.process.alive = false;
    this.context.broker.monitorDied();
    for (const link of this.links) link.serverDied();
    this.links.clear();
  }

  /** Adds what this process has met. */
  addTo(coverage: Coverage): void {
    const { counters } = this.channels;
    for (const [reason, count] of Object.entries(this.admission.refused))
      if (count > 0) coverage.add(`refused: ${reason}`);
    if (counters.evictions > 0) coverage.add('a channel is evicted');
    const largest = counters.flushMessages.counts.findLastIndex((count) => count > 0);
    if ((counters.flushMessages.bounds[largest - 1] ?? 0) >= BURST)
      coverage.add('a flush waits during a burst');
  }

  /** Checks that everything is within its limit. */
  checkBounds(truth: Truth): void {
    const { limits } = this.context.settings;
    const { connections } = this;
    const { channels, messages, bytes, encoded } = this.channels.size;
    if (encoded > limits.encoded_bytes) truth.fail('limits.encoded_bytes is exceeded');
    // Limits of channels apply from the next flush on.
    const withMessages = channels - this.channels.counters.states.waiting;
    if (withMessages > 1 && truth.quietFor > LONGEST_FLUSH) {
      if (withMessages > limits.channels) truth.fail(`${withMessages} channels exceed limits.channels`);
      if (bytes > limits.total_bytes) truth.fail(`${bytes} bytes exceed limits.total_bytes`);
      if (messages > withMessages * limits.channel_messages)
        truth.fail(`${messages} messages exceed limits.channel_messages`);
    }
    if (connections.size > limits.connections) truth.fail('limits.connections is exceeded');
    for (const { socket } of this.links)
      if (socket.writableLength > limits.socket_buffer_bytes + this.highWaterMark + LARGEST_WRITE)
        truth.fail(`${socket.writableLength} bytes wait in a socket`);
  }

  /** A request of a client arrives after `delay` milliseconds. */
  connect(request: ConnectRequest, link: Link, check: StreamCheck | undefined, delay: number): void {
    this.links.add(link);
    link.socket.once('close', () => this.links.delete(link));
    this.context.loop.input(this.process, delay, () => {
      if (link.socket.destroyed) return;
      this.servers.accept(request, link.socket, (id) => check?.accepted(this.stateOf(id)));
    });
  }

  private stateOf(id: string): ServerState | undefined {
    const channel = this.channels.find(id);
    if (!channel) return undefined;
    return { epoch: channel.epoch, seq: channel.endSeq - 1, predecessors: channel.snapshot().predecessors };
  }
}
