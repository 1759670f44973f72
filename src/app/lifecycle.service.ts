import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { BrokerService } from '../broker/broker.service.js';
import { ChannelsService } from '../channels/channels.service.js';
import { shutdownConfig } from '../config/namespaces.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';

/** The order of a graceful shutdown, in one place. */
@Injectable()
export class LifecycleService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(LifecycleService.name);

  constructor(
    @Inject(shutdownConfig.KEY) private readonly shutdown: ConfigType<typeof shutdownConfig>,
    private readonly listeners: HttpServers,
    private readonly connections: ConnectionRegistry,
    private readonly broker: BrokerService,
    private readonly channels: ChannelsService,
  ) {}

  // The ROUTER is closed before the clients. From then on the broker keeps its messages for the next process, and
  // every client gets each message that this process has taken.
  async beforeApplicationShutdown(): Promise<void> {
    await this.step('refuse new clients', () => this.listeners.drain());
    await this.step('close the ROUTER', () => this.broker.close());
    await this.step('flush the channels', () => this.channels.flush());
    await this.step('close the clients', () => this.connections.closeAll(this.shutdown.drain));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.step('close the listeners', () => this.listeners.close());
    this.logger.log('Stopped');
  }

  // A step that fails must not keep the next ones from being done.
  private async step(name: string, run: () => void | Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.logger.error({ message: 'A step of the shutdown failed', step: name, error });
    }
  }
}
