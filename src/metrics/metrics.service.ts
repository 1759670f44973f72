import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Registry } from 'prom-client';
import { AuthenticationService } from '../auth/authentication.service.js';
import { BrokerService } from '../broker/broker.service.js';
import { MESSAGE_SOURCE, type MessageSource } from '../broker/message-source.js';
import { ChannelsService } from '../channels/channels.service.js';
import { Admission } from '../gateway/admission.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { AddressLimits } from '../http/addresses/address-limits.js';
import { Arrivals } from '../http/addresses/arrivals.js';
import { HttpServers } from '../http/http-servers.js';
import { PublishingService } from '../publishing/publishing.service.js';
import { RelayService } from '../relay/relay.service.js';
import { addAddressMetrics } from './address-metrics.js';
import { ReloadService } from '../reload/reload.service.js';
import { addBrokerMetrics } from './broker-metrics.js';
import { addBuildInfo } from './build-info.js';
import { addChannelMetrics } from './channel-metrics.js';
import { addConnectionMetrics } from './connection-metrics.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { JournalService } from '../journal/journal.service.js';
import { addHttpMetrics } from './http-metrics.js';
import { addJournalMetrics } from './journal-metrics.js';
import { MetricSet } from './metric-set.js';
import { addProcessMetrics } from './process-metrics.js';
import { addTokenMetrics } from './token-metrics.js';
import { addPublishingMetrics } from './publishing-metrics.js';
import { addRelayMetrics } from './relay-metrics.js';
import { addTlsMetrics } from './tls-metrics.js';
import { addReloadMetrics } from './reload-metrics.js';

/** All metrics of the process for Prometheus. */
@Injectable()
export class MetricsService implements OnModuleInit, OnApplicationShutdown {
  private readonly registry = new Registry();
  private readonly eventLoopDelay = new EventLoopDelay();

  constructor(
    private readonly broker: BrokerService,
    @Inject(MESSAGE_SOURCE) private readonly source: MessageSource,
    private readonly channels: ChannelsService,
    private readonly connections: ConnectionRegistry,
    private readonly admission: Admission,
    private readonly servers: HttpServers,
    private readonly publishing: PublishingService,
    private readonly journal: JournalService,
    private readonly relay: RelayService,
    private readonly authentication: AuthenticationService,
    private readonly addressLimits: AddressLimits,
    private readonly arrivals: Arrivals,
    private readonly reload: ReloadService,
  ) {}

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  onModuleInit(): void {
    const metrics = new MetricSet(this.registry);
    addBuildInfo(metrics);
    addBrokerMetrics(metrics, this.broker, this.source);
    addPublishingMetrics(metrics, this.publishing, this.channels);
    addChannelMetrics(metrics, this.channels);
    addConnectionMetrics(metrics, this.connections, this.admission);
    addTokenMetrics(metrics, this.authentication);
    addJournalMetrics(metrics, this.journal);
    addRelayMetrics(metrics, this.relay);
    addHttpMetrics(metrics, this.servers);
    addTlsMetrics(metrics, this.servers);
    addAddressMetrics(metrics, this.addressLimits, this.arrivals);
    addReloadMetrics(metrics, this.reload);
    addProcessMetrics(metrics, this.eventLoopDelay);
    this.eventLoopDelay.start();
  }

  onApplicationShutdown(): void {
    this.eventLoopDelay.stop();
    this.registry.clear();
  }
}
