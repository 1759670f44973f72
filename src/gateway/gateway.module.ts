import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ChannelsModule } from '../channels/channels.module.js';
import { ListenersModule } from '../listeners/listeners.module.js';
import { PageModule } from '../page/page.module.js';
import { AssetsController } from './assets.controller.js';
import { ChannelController } from './channel.controller.js';
import { EventStreams } from './event-streams.service.js';
import { IndexController } from './index.controller.js';
import { NotHereFilter } from './not-here.filter.js';
import { ProgressGateway } from './progress.gateway.js';
import { Watchers } from './watchers.service.js';

@Module({
  imports: [ChannelsModule, ListenersModule, PageModule],
  controllers: [IndexController, ChannelController, AssetsController],
  providers: [ProgressGateway, EventStreams, Watchers, { provide: APP_FILTER, useClass: NotHereFilter }],
  exports: [Watchers],
})
export class GatewayModule {}
