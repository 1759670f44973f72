import { registerAs } from '@nestjs/config';
import type { SettingsStore } from './settings.store.js';

// As the result of `registerAs`, but for a store: `@Inject(limitsConfig.KEY) limits: ConfigType<typeof limitsConfig>`.
// A slice is read-only, and its values change with a reload. Read them at the time of use.

/** The keys without a group: addresses and origins. */
export const rootConfig = namespace('root', ({ settings }) => settings);
export const healthConfig = namespace('health', ({ settings }) => settings.health);
export const heartbeatConfig = namespace('heartbeat', ({ settings }) => settings.heartbeat);
export const legacyConfig = namespace('legacy', ({ settings }) => settings.legacy);
export const limitsConfig = namespace('limits', ({ settings }) => settings.limits);
export const loggerConfig = namespace('logger', ({ settings }) => settings.logger);
export const pageConfig = namespace('page', ({ settings }) => settings.page);
export const retentionConfig = namespace('retention', ({ settings }) => settings.retention);
export const shutdownConfig = namespace('shutdown', ({ settings }) => settings.shutdown);
export const zeromqConfig = namespace('zeromq', ({ settings }) => settings.zeromq);

/** What `ConfigModule.forRoot` loads: every slice of one store. */
export function slicesOf(store: SettingsStore) {
  return [
    rootConfig,
    healthConfig,
    heartbeatConfig,
    legacyConfig,
    limitsConfig,
    loggerConfig,
    pageConfig,
    retentionConfig,
    shutdownConfig,
    zeromqConfig,
  ].map(({ of }) => of(store));
}

function namespace<Slice extends object>(name: string, slice: (store: SettingsStore) => Readonly<Slice>) {
  return Object.assign((store: SettingsStore) => slice(store), {
    KEY: registerAs(name, () => ({})).KEY,
    of: (store: SettingsStore) => registerAs(name, () => slice(store)),
  });
}
