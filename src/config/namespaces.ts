import { registerAs } from '@nestjs/config';
import type { SettingsStore } from './settings.store.js';

// Like the result of `registerAs`, but the values come from a store: `@Inject(limitsConfig.KEY) limits:
// ConfigType<typeof limitsConfig>`. A slice is read-only, and a reload changes its values. Read each value at the time
// of use.

/** The keys without a group: addresses and origins. */
export const rootConfig = namespace('root', ({ settings }) => settings);
export const authConfig = namespace('auth', ({ settings }) => settings.auth);
export const healthConfig = namespace('health', ({ settings }) => settings.health);
export const heartbeatConfig = namespace('heartbeat', ({ settings }) => settings.heartbeat);
export const journalConfig = namespace('journal', ({ settings }) => settings.journal);
export const legacyConfig = namespace('legacy', ({ settings }) => settings.legacy);
export const limitsConfig = namespace('limits', ({ settings }) => settings.limits);
export const loggerConfig = namespace('logger', ({ settings }) => settings.logger);
export const pageConfig = namespace('page', ({ settings }) => settings.page);
export const relayConfig = namespace('relay', ({ settings }) => settings.relay);
export const retentionConfig = namespace('retention', ({ settings }) => settings.retention);
export const shutdownConfig = namespace('shutdown', ({ settings }) => settings.shutdown);
export const tlsConfig = namespace('tls', ({ settings }) => settings.tls);
export const zeromqConfig = namespace('zeromq', ({ settings }) => settings.zeromq);

/** All slices of a store, for the option `load` of `ConfigModule.forRoot`. */
export function slicesOf(store: SettingsStore) {
  return [
    rootConfig,
    authConfig,
    healthConfig,
    heartbeatConfig,
    journalConfig,
    legacyConfig,
    limitsConfig,
    loggerConfig,
    pageConfig,
    relayConfig,
    retentionConfig,
    shutdownConfig,
    tlsConfig,
    zeromqConfig,
  ].map(({ of }) => of(store));
}

function namespace<Slice extends object>(name: string, slice: (store: SettingsStore) => Readonly<Slice>) {
  return Object.assign((store: SettingsStore) => slice(store), {
    KEY: registerAs(name, () => ({})).KEY,
    of: (store: SettingsStore) => registerAs(name, () => slice(store)),
  });
}
