import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { ListenersModule } from '../listeners/listeners.module.js';
import { PageModule } from '../page/page.module.js';
import { AssetsController } from './assets.controller.js';
import { ChannelController } from './channel.controller.js';
import { EventStreams } from './event-streams.service.js';
import { IndexController } from './index.controller.js';
import { ProgressGateway } from './progress.gateway.js';
import { Watchers } from './watchers.service.js';

@Module({
  imports: [ChannelsModule, ListenersModule, PageModule],
  controllers: [IndexController, ChannelController, AssetsController],
  providers: [ProgressGateway, EventStreams, Watchers],
  exports: [Watchers],
})
export class GatewayModule {}
