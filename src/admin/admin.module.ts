import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { BrokerModule } from '../broker/broker.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { HttpModule } from '../http/http.module.js';
import { AdminChannelsController } from './admin-channels.controller.js';
import { AdminRequestsMiddleware } from './admin-requests.middleware.js';
import { AdminRoutes } from './admin-routes.js';
import { ApiController } from './api/api.controller.js';
import { ChannelFeed } from './channel-feed.js';
import { ChannelPages } from './channel-pages.js';
import { EventsController } from './events.controller.js';
import { LogLevelController } from './log-level.controller.js';
import { Program } from './program.js';
import { ReloadController } from './reload.controller.js';
import { StatusSampler } from './status-sampler.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';
import { WorkSlices } from './work-slices.js';

/** What operators see and do on the admin listener. */
@Module({})
export class AdminModule implements NestModule {
  static forRoot(program: Program): DynamicModule {
    return {
      module: AdminModule,
      imports: [BrokerModule, ChannelsModule, DiscoveryModule, GatewayModule, HttpModule],
      controllers: [
        StatusController,
        EventsController,
        AdminChannelsController,
        LogLevelController,
        ReloadController,
        ApiController,
      ],
      providers: [
        { provide: Program, useValue: program },
        AdminRoutes,
        ChannelFeed,
        ChannelPages,
        StatusSampler,
        StatusService,
        WorkSlices,
      ],
      exports: [ChannelFeed],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AdminRequestsMiddleware).forRoutes('{*path}');
  }
}
