import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { BrokerService } from './broker/broker.service.js';
import { ChannelsService } from './channels/channels.service.js';
import type { Settings } from './config/settings.js';
import { Watchers } from './gateway/watchers.service.js';
import { Listeners } from './listeners/listeners.service.js';

/** The order of a graceful shutdown, in one place. */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(GracefulShutdown.name);
  private readonly seconds: number;

  constructor(
    config: ConfigService<Settings, true>,
    private readonly listeners: Listeners,
    private readonly watchers: Watchers,
    private readonly broker: BrokerService,
    private readonly channels: ChannelsService,
  ) {
    this.seconds = config.get('shutdown.drain', { infer: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.listeners.drain();
    await this.watchers.drain(this.seconds);
    // Last of the inputs, because the broker keeps only about 1,000 messages for a monitor that is away; but before
    // the last clients, so that what it still brings is seen.
    await this.broker.close();
    this.channels.flush();
    this.watchers.closeRest();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listeners.close();
    this.logger.log('Stopped');
  }
}
