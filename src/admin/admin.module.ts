import { Module, type DynamicModule } from '@nestjs/common';
import { BrokerModule } from '../broker/broker.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { HttpModule } from '../http/http.module.js';
import { ChannelFeed } from './channel-feed.js';
import { EventsController } from './events.controller.js';
import { Program } from './program.js';
import { StatusSampler } from './status-sampler.js';
import { StatusController } from './status.controller.js';
import { StatusService } from './status.service.js';
import { WorkSlices } from './work-slices.js';

/** What operators see and do on the admin listener. */
@Module({})
export class AdminModule {
  static forRoot(program: Program): DynamicModule {
    return {
      module: AdminModule,
      imports: [BrokerModule, ChannelsModule, GatewayModule, HttpModule],
      controllers: [StatusController, EventsController],
      providers: [
        { provide: Program, useValue: program },
        StatusSampler,
        StatusService,
        ChannelFeed,
        WorkSlices,
      ],
      exports: [ChannelFeed],
    };
  }
}
