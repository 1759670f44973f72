import { Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { AdminModule } from '../admin/admin.module.js';
import { Program } from '../admin/program.js';
import { LifecycleService } from './lifecycle.service.js';
import { AuthModule } from '../auth/auth.module.js';
import { BrokerModule } from '../broker/broker.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { ConfigurationSource } from '../config/configuration-source.js';
import { SettingsModule } from '../config/settings.module.js';
import type { SettingsStore } from '../config/settings.store.js';
import { DashboardModule } from '../dashboard/dashboard.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { HealthModule } from '../health/health.module.js';
import { HttpModule } from '../http/http.module.js';
import { RecentWarnings } from '../logging/recent-warnings.js';
import { JournalModule } from '../journal/journal.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { PublishingModule } from '../publishing/publishing.module.js';
import { RelayModule } from '../relay/relay.module.js';
import { ReloadModule } from '../reload/reload.module.js';
import { ReloadService } from '../reload/reload.service.js';

@Module({})
export class AppModule {
  /**
   * The monitor with settings that were loaded and checked before (`config/load.ts`).
   *
   * @param program what operators are told about the program; by default, that it was not started as a daemon
   * @param reload reads the configuration again; by default, the environment variables
   */
  static forRoot(
    store: SettingsStore,
    program = new Program('none', null, new RecentWarnings()),
    reload = new ReloadService(store, new ConfigurationSource(undefined, process.env)),
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(store),
        EventEmitterModule.forRoot(),
        AuthModule,
        BrokerModule,
        ChannelsModule,
        DashboardModule,
        GatewayModule,
        HealthModule,
        HttpModule,
        JournalModule,
        MetricsModule,
        RelayModule,
        PublishingModule,
        ReloadModule.forRoot(reload),
        AdminModule.forRoot(program),
      ],
      providers: [LifecycleService],
    };
  }
}
