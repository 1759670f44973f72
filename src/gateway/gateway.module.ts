import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ChannelsModule } from '../channels/channels.module.js';
import { ListenersModule } from '../http/http.module.js';
import { PageModule } from '../page/page.module.js';
import { AssetsController } from '../page/assets.controller.js';
import { ChannelController } from './channel.controller.js';
import { EventStreams } from './sse/event-streams.service.js';
import { IndexController } from '../page/index.controller.js';
import { NotHereFilter } from '../page/not-found.filter.js';
import { ProgressGateway } from './websocket/progress.gateway.js';
import { Watchers } from './connection-registry.service.js';

@Module({
  imports: [ChannelsModule, ListenersModule, PageModule],
  controllers: [IndexController, ChannelController, AssetsController],
  providers: [ProgressGateway, EventStreams, Watchers, { provide: APP_FILTER, useClass: NotHereFilter }],
  exports: [Watchers],
})
export class GatewayModule {}
