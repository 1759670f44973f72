import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { HttpModule } from '../http/http.module.js';
import { PageModule } from '../page/page.module.js';
import { Admission } from './admission.js';
import { ChannelController } from './channel.controller.js';
import { ConnectionRegistry } from './connection-registry.js';
import { IndexController } from './index.controller.js';
import { PlainRequestsMiddleware } from './plain-requests.middleware.js';
import { RangeAnswers } from './ranges/range-answers.js';
import { EventStreams } from './sse/event-streams.js';
import { ProgressGateway } from './websocket/progress.gateway.js';

@Module({
  imports: [ChannelsModule, HttpModule, PageModule],
  controllers: [IndexController, ChannelController],
  providers: [ProgressGateway, EventStreams, ConnectionRegistry, Admission, RangeAnswers],
  exports: [ConnectionRegistry, Admission],
})
export class GatewayModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PlainRequestsMiddleware).forRoutes('{*path}');
  }
}
