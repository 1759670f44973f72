import { isDeepStrictEqual } from 'node:util';
import { isRecord, settingKeys, valueAt } from './keys.js';
import { defaultSettings, type Settings } from './settings.js';

/** The result of `SettingsStore.apply`: the names of the keys that differ. */
export interface SettingChanges {
  /** These keys have their new values. */
  readonly applied: readonly string[];
  /** These keys keep their values until the process starts again. */
  readonly needRestart: readonly string[];
}

/**
 * The settings in effect. A group (`limits`, `retention`) is the same object for the life of the process, and `apply`
 * changes its values. A service keeps its group and reads each value at the time of use.
 */
export class SettingsStore {
  readonly settings: Readonly<Settings>;

  constructor(settings: Settings = defaultSettings()) {
    this.settings = structuredClone(settings);
  }

  /**
   * Copies the values of all `reloadable` keys from `next`, which must be valid. `next` is not changed. When it throws,
   * no value has changed.
   */
  apply(next: Settings): SettingChanges {
    const changes = settingKeys
      .filter(({ path }) => !isDeepStrictEqual(valueAt(next, path), valueAt(this.settings, path)))
      .map(({ name, path, reloadable }) => ({
        name,
        path,
        reloadable,
        value: structuredClone(valueAt(next, path)),
      }));
    const applied = changes.filter(({ reloadable }) => reloadable);
    for (const { path, value } of applied) setValueAt(this.settings, path, value);
    const needRestart = changes.filter(({ reloadable }) => !reloadable);
    return { applied: applied.map(({ name }) => name), needRestart: needRestart.map(({ name }) => name) };
  }
}

function setValueAt(root: unknown, path: readonly string[], value: unknown): void {
  const group = valueAt(root, path.slice(0, -1));
  if (isRecord(group)) group[path.at(-1)!] = value;
}
