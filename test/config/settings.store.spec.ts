import { expect, it } from 'vitest';
import { settingKeys, valueAt } from '../../src/config/keys.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { SettingsStore } from '../../src/config/settings.store.js';

function changed(change: (settings: Settings) => void): Settings {
  const settings = defaultSettings();
  change(settings);
  return settings;
}

it('has the settings it was given, as its own copy', () => {
  const given = defaultSettings();
  const store = new SettingsStore(given);
  expect(store.settings).toEqual(given);
  given.limits.channels = 1;
  expect(store.settings.limits.channels).not.toBe(1);
});

it('changes a reloadable value in the group that a room keeps', () => {
  const store = new SettingsStore();
  const { retention } = store.settings;
  expect(store.apply(changed((next) => (next.retention.finished = 7)))).toEqual({
    applied: ['retention.finished'],
    needRestart: [],
  });
  expect(retention.finished).toBe(7);
});

it('changes a reloadable key that has no group', () => {
  const store = new SettingsStore();
  const next = changed((settings) => settings.origins.push('https://a.example.org'));
  expect(store.apply(next).applied).toEqual(['origins']);
  expect(store.settings.origins).toEqual(['https://a.example.org']);
  next.origins.push('https://b.example.org');
  expect(store.settings.origins).toEqual(['https://a.example.org']);
});

it('keeps a value that needs a restart, and names its key each time', () => {
  const store = new SettingsStore();
  const next = changed((settings) => (settings.zeromq_uri = { host: '127.0.0.1', port: 1 }));
  for (let time = 0; time < 2; time++)
    expect(store.apply(next)).toEqual({ applied: [], needRestart: ['zeromq_uri'] });
  expect(store.settings.zeromq_uri).toEqual(defaultSettings().zeromq_uri);
});

it('reports nothing when nothing differs', () => {
  expect(new SettingsStore().apply(defaultSettings())).toEqual({ applied: [], needRestart: [] });
});

it('applies every reloadable key, and no other', () => {
  const store = new SettingsStore();
  const next: Record<PropertyKey, unknown> = {};
  for (const { path } of settingKeys)
    path.reduce((group, step, index) => {
      group[step] ??= index === path.length - 1 ? 'changed' : {};
      return group[step] as typeof next;
    }, next);
  const { applied, needRestart } = store.apply(next as unknown as Settings);
  expect([...applied, ...needRestart].toSorted()).toEqual(settingKeys.map(({ name }) => name).toSorted());
  for (const { name, path } of settingKeys)
    expect(valueAt(store.settings, path) === 'changed').toBe(applied.includes(name));
});
