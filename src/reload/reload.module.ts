import { Module, type DynamicModule } from '@nestjs/common';
import { ReloadService } from './reload.service.js';

/** Provides the `ReloadService`, which exists before Nest, because SIGHUP may come before. */
@Module({})
export class ReloadModule {
  static forRoot(reload: ReloadService): DynamicModule {
    return {
      module: ReloadModule,
      global: true,
      providers: [{ provide: ReloadService, useValue: reload }],
      exports: [ReloadService],
    };
  }
}
