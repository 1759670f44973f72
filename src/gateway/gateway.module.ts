import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ChannelsModule } from '../channels/channels.module.js';
import { HttpModule } from '../http/http.module.js';
import { PageModule } from '../page/page.module.js';
import { AssetsController } from '../page/assets.controller.js';
import { ChannelController } from './channel.controller.js';
import { EventStreams } from './sse/event-streams.js';
import { IndexController } from '../page/index.controller.js';
import { NotFoundFilter } from '../page/not-found.filter.js';
import { ProgressGateway } from './websocket/progress.gateway.js';
import { ConnectionRegistry } from './connection-registry.js';

@Module({
  imports: [ChannelsModule, HttpModule, PageModule],
  controllers: [IndexController, ChannelController, AssetsController],
  providers: [
    ProgressGateway,
    EventStreams,
    ConnectionRegistry,
    { provide: APP_FILTER, useClass: NotFoundFilter },
  ],
  exports: [ConnectionRegistry],
})
export class GatewayModule {}
