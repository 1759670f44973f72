import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ChannelFeed } from '../admin/channel-feed.js';
import { BrokerService } from '../broker/broker.service.js';
import { ChannelsService } from '../channels/channels.service.js';
import { shutdownConfig } from '../config/namespaces.js';
import { Admission } from '../gateway/admission.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';
import { PublishingService } from '../publishing/publishing.service.js';
import { JournalService } from '../journal/journal.service.js';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { LEASE_LOST, type BrokerEvents } from '../messages/broker-events.js';
import { RelayService } from '../relay/relay.service.js';
import { ReloadService } from '../reload/reload.service.js';
import { Lifecycle } from './lifecycle.js';

/** The order in which the monitor starts and stops. */
@Injectable()
export class LifecycleService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LifecycleService.name);
  private readonly lifecycle: Lifecycle;

  constructor(
    @Inject(shutdownConfig.KEY) shutdown: ConfigType<typeof shutdownConfig>,
    servers: HttpServers,
    feed: ChannelFeed,
    connections: ConnectionRegistry,
    journal: JournalService,
    channels: ChannelsService,
    broker: BrokerService,
    publishing: PublishingService,
    admission: Admission,
    reload: ReloadService,
    relay: RelayService,
    @Inject(EventEmitter2) events: BrokerEvents,
  ) {
    const takeMessages = async (): Promise<void> => {
      await broker.start();
      publishing.open();
    };
    relay.react({
      lead: takeMessages,
      caughtUp: () => admission.open(),
      lost: () => events.emit(LEASE_LOST),
    });
    // The steps start from the first to the last, and stop from the last to the first. The message source stops before
    // the connections are closed. From then on the broker keeps its messages for the next process, and every client
    // gets all messages that this process has received.
    this.lifecycle = new Lifecycle(
      [
        { name: 'HTTP servers', stop: () => servers.close() },
        { name: 'operators', stop: () => feed.closeAll() },
        { name: 'connections', stop: () => connections.closeAll(shutdown.drain) },
        { name: 'journal', start: () => journal.start(), stop: () => journal.stop() },
        // After the last message, so that the next process has it.
        { name: 'relay', stop: () => relay.stop() },
        { name: 'channels', stop: () => channels.flush() },
        {
          name: 'message source',
          start: () => (relay.isOn ? undefined : broker.start()),
          stop: () => (relay.isEdge ? undefined : broker.stop()),
        },
        {
          name: 'publishing',
          start: () => (relay.isOn ? undefined : publishing.open()),
          stop: () => publishing.close(),
        },
        { name: 'listeners', start: () => servers.listen() },
        {
          name: 'admission',
          start: () => (relay.isOn ? undefined : admission.open()),
          stop: () => admission.drain(),
        },
        // After the listeners: the health probes answer while this process reads the stream, or waits for the lease.
        { name: 'place in the relay', start: () => (relay.isEdge ? broker.start() : relay.start()) },
        // Before clients are refused: a client that gets another process is not refused.
        { name: 'shared sockets', stop: () => servers.releaseSharedSockets() },
        { name: 'reload', start: () => reload.open(), stop: () => reload.close() },
      ],
      this.logger,
    );
  }

  /** Resolves when all steps have started. Rejects with an error for the operator when an address can't be bound. */
  start(): Promise<void> {
    return this.lifecycle.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.lifecycle.stop();
    this.logger.log('Stopped');
  }
}
