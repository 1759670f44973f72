import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { slicesOf } from './namespaces.js';
import { SettingsStore } from './settings.store.js';

/** Provides each slice of the settings (`namespaces.ts`), and the `SettingsStore`, which replaces the values. */
@Module({})
export class SettingsModule {
  static forRoot(store: SettingsStore): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: slicesOf(store),
        }),
      ],
      providers: [{ provide: SettingsStore, useValue: store }],
      exports: [SettingsStore],
    };
  }
}
