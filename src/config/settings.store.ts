import { defaultSettings, type Settings } from './settings.js';

/**
 * The settings in effect. A group (`limits`, `retention`) is the same object for the life of the process, and a reload
 * changes the values in it: who keeps the group and reads a value at the time of use sees the new value.
 */
export class SettingsStore {
  readonly settings: Readonly<Settings>;

  constructor(settings: Settings = defaultSettings()) {
    this.settings = structuredClone(settings);
  }
}
