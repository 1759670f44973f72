import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { MESSAGE_SOURCE, type MessageSource } from '../broker/message-source.js';
import { ChannelsService } from '../channels/channels.service.js';
import { loggerConfig } from '../config/namespaces.js';
import { Admission } from '../gateway/admission.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';
import { EventLoopDelay } from '../metrics/event-loop-delay.js';
import { RelayService } from '../relay/relay.service.js';
import { CpuUsage } from './cpu-usage.js';
import { HistogramWindow } from './histogram-window.js';
import { limitUsages, type LimitUsage } from './limit-usage.js';
import { Program } from './program.js';
import { relayReport } from './relay-report.js';
import { SampleHistory } from './sample-history.js';
import type { StatusSample } from './status-sample.js';

/** Seconds between two samples. */
export const SAMPLE_INTERVAL = 1;

type SampleListener = (sample: StatusSample) => void;

/** Samples the state of the monitor once a second, and keeps the samples of the last 15 minutes. */
@Injectable()
export class StatusSampler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly history = new SampleHistory();
  /** The newest sample. */
  latest: StatusSample;

  private readonly latency: HistogramWindow;
  private readonly eventLoopDelay = new EventLoopDelay();
  private readonly cpu = new CpuUsage();
  private readonly listeners = new Set<SampleListener>();
  private reached: ReadonlyMap<string, number> = new Map();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(loggerConfig.KEY) private readonly logging: ConfigType<typeof loggerConfig>,
    @Inject(MESSAGE_SOURCE) private readonly source: MessageSource,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
    private readonly admission: Admission,
    private readonly servers: HttpServers,
    private readonly program: Program,
    private readonly relay: RelayService,
  ) {
    this.latency = new HistogramWindow(channels.counters.relayLatency);
    this.latest = this.read();
  }

  /** The limits with their usage now. */
  get limits(): LimitUsage[] {
    const { channels, connections, admission, servers } = this;
    return limitUsages({ channels, connections, admission, servers });
  }

  onApplicationBootstrap(): void {
    this.eventLoopDelay.start();
    this.timer = setInterval(() => this.sample(), SAMPLE_INTERVAL * 1000).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.eventLoopDelay.stop();
  }

  /** Calls `listener` with each new sample, until the returned function is called. */
  onSample(listener: SampleListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private sample(): void {
    this.latest = this.read();
    this.history.add(this.latest);
    for (const listener of this.listeners) listener(this.latest);
  }

  private read(): StatusSample {
    const { counters, size } = this.channels;
    const [latencyP50, latencyP99] = this.latency.take(0.5, 0.99);
    const delay = this.eventLoopDelay.take();
    return {
      time: Date.now(),
      messages: Object.values(counters.messages).reduce((sum, count) => sum + count, 0),
      deliveries: counters.deliveries,
      delivered_bytes: counters.deliveredBytes,
      connections: this.connections.size,
      channels: size.channels,
      retained_bytes: size.bytes,
      latency_p50: latencyP50!,
      latency_p99: latencyP99!,
      event_loop_p99: delay?.p99 ?? null,
      event_loop_max: delay?.max ?? null,
      cpu: this.cpu.take(),
      rss: residentMemory(),
      broker_peers: this.source.status.peers,
      listening: this.source.status.endpoint !== null,
      state: this.admission.state,
      relay: relayReport(this.relay.status),
      limits_reached: this.takeLimitsReached(),
      warnings: this.program.warnings.total,
      log_level: this.logging.level,
    };
  }

  private takeLimitsReached(): string[] {
    const { limits, reached } = this;
    this.reached = new Map(limits.map((limit) => [limit.key, limit.reached]));
    return limits
      .filter((limit) => limit.used >= limit.limit || limit.reached > (reached.get(limit.key) ?? 0))
      .map(({ key }) => key);
  }
}

/** Resident memory in bytes; `null` when it can't be read: Node.js needs an open file for it. */
function residentMemory(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}
