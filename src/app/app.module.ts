import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { LifecycleService } from './lifecycle.service.js';
import { BrokerModule } from '../broker/broker.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import type { Settings } from '../config/settings.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { HealthModule } from '../health/health.module.js';
import { HttpModule } from '../http/http.module.js';

@Module({})
export class AppModule {
  /** The monitor with settings that were loaded and checked before (`config/load.ts`). */
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          skipProcessEnv: true,
          load: [() => settings],
        }),
        EventEmitterModule.forRoot(),
        BrokerModule,
        ChannelsModule,
        GatewayModule,
        HealthModule,
        HttpModule,
      ],
      providers: [LifecycleService],
    };
  }
}
