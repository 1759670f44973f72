import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationSource } from '../../src/config/configuration-source.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { ReloadRefusedError } from '../../src/reload/reload-refused-error.js';
import { ReloadService } from '../../src/reload/reload.service.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
let store: SettingsStore;
let reload: ReloadService;

beforeEach(() => {
  Logger.overrideLogger(false);
  reload = start('retention: {finished: 60}\n');
});

afterEach(() => void vi.useRealTimers());

/** A service that has loaded a file with this text. */
function start(text: string, environment: NodeJS.ProcessEnv = {}): ReloadService {
  writeConfiguration(text);
  const source = new ConfigurationSource(directory.file('config.yml'), environment);
  store = new SettingsStore(source.load().settings);
  const service = new ReloadService(store, source);
  service.open();
  return service;
}

function writeConfiguration(text: string): void {
  writeFileSync(directory.file('config.yml'), text);
}

describe('A reload', () => {
  it('applies the changed keys, and names those that need a restart', async () => {
    writeConfiguration('retention: {finished: 7}\nlogger: {level: debug}\nzeromq_uri: [127.0.0.1, 1]\n');
    expect(await reload.reload('test')).toEqual({
      successful: true,
      applied: ['logger.level', 'retention.finished'],
      need_restart: ['zeromq_uri'],
      problems: [],
      warnings: [],
      parts: [],
    });
    expect(store.settings.retention.finished).toBe(7);
    expect(store.settings.zeromq_uri.port).toBe(7894);
  });

  it('names a key that needs a restart again until the restart', async () => {
    writeConfiguration('priority: {niceness: 5}\n');
    for (let time = 0; time < 2; time++)
      expect(await reload.reload('test')).toMatchObject({ need_restart: ['priority.niceness'] });
  });

  it('changes nothing and lists all problems when there is one', async () => {
    const before = structuredClone(store.settings);
    const part = vi.fn<() => void>();
    reload.onReload('part', part);
    writeConfiguration('retention: {finished: 7, idle: never}\nlogger: {levle: debug}\nlimits: 5\n');
    const { problems, ...report } = await reload.reload('test');
    expect(report).toMatchObject({ successful: false, applied: [], need_restart: [], parts: [] });
    expect(problems.map(({ key }) => key).toSorted()).toEqual(['limits', 'logger.levle', 'retention.idle']);
    expect(store.settings).toEqual(before);
    expect(part).not.toHaveBeenCalled();
  });

  it('reads the environment variables as at the start: they override the file', async () => {
    const service = start('{}\n', { RECODEX_MONITOR_LIMITS_LAG: '5', RECODEX_MONITOR_LIMITS_LGA: '6' });
    writeConfiguration('limits: {lag: 9, channels: 100}\n');
    expect(await service.reload('test')).toMatchObject({
      applied: ['limits.channels'],
      warnings: [{ variable: 'RECODEX_MONITOR_LIMITS_LGA' }],
    });
    expect(store.settings.limits.lag).toBe(5);
  });

  it('returns to the default when a key is removed', async () => {
    writeConfiguration('limits: {channels: 100}\n');
    await reload.reload('test');
    expect(store.settings.retention.finished).toBe(300);
  });

  it('without a file reads the environment variables', async () => {
    const service = new ReloadService(store, new ConfigurationSource(undefined, {}));
    service.open();
    expect(await service.reload('test')).toMatchObject({ successful: true, applied: ['retention.finished'] });
  });

  it.each([
    ['a file that was replaced by renaming', () => renameOver('retention: {finished: 8}\n')],
    ['a file behind a link to a folder, as a ConfigMap has it', () => linkToFolder()],
  ])('reads %s', async (_what, replace) => {
    replace();
    await reload.reload('test');
    expect(store.settings.retention.finished).toBe(8);
  });

  it.each([
    ['is missing', () => rmSync(directory.file('config.yml')), /ENOENT/],
    ['is empty, because somebody writes it', () => writeConfiguration(''), /an empty file/],
    ['is a directory', () => replaceByDirectory(), /a directory/],
    ['is a device', () => replaceByLink('/dev/zero'), /a pipe or a device/],
    ['is no YAML', () => writeConfiguration('a: [1\n'), undefined],
  ])('changes nothing when the file %s', async (_what, change, got) => {
    change();
    const { successful, problems } = await reload.reload('test');
    expect(successful).toBe(false);
    expect(problems).toHaveLength(1);
    if (got) expect(problems[0]?.got).toMatch(got);
    expect(store.settings.retention.finished).toBe(60);
  });
});

describe('A reload that fails unexpectedly', () => {
  it('changes nothing, reports the error, and does not end the process', async () => {
    const settings = structuredClone(store.settings);
    settings.retention.finished = 7;
    Object.assign(settings.limits, { channels: () => 5 });
    const service = new ReloadService(store, {
      file: 'config.yml',
      loadAgain: () => ({ settings, file: 'config.yml', warnings: [] }),
    });
    service.open();
    expect(await service.reload('test')).toMatchObject({
      successful: false,
      problems: [{ got: expect.stringContaining('could not be cloned'), source: 'config.yml' }],
    });
    expect(store.settings.retention.finished).toBe(60);
  });
});

describe('The parts of a reload', () => {
  it('run after the settings were applied', async () => {
    const seen: number[] = [];
    reload.onReload('part', () => void seen.push(store.settings.retention.finished));
    writeConfiguration('retention: {finished: 7}\n');
    await reload.reload('test');
    expect(seen).toEqual([7]);
  });

  it('fail alone: the others and the settings stay changed', async () => {
    reload.onReload('first', () => {
      throw new Error('no key');
    });
    reload.onReload('second', () => Promise.reject(new Error('no certificate')));
    reload.onReload('third', () => Promise.resolve());
    writeConfiguration('retention: {finished: 7}\n');
    expect(await reload.reload('test')).toMatchObject({
      successful: false,
      applied: ['retention.finished'],
      parts: [
        { name: 'first', successful: false, reason: 'no key' },
        { name: 'second', successful: false, reason: 'no certificate' },
        { name: 'third', successful: true },
      ],
    });
    expect(store.settings.retention.finished).toBe(7);
  });

  it('fail when they take longer than ten seconds, and the next reload runs', async () => {
    vi.useFakeTimers();
    const hanging = reload.onReload('hanging', () => new Promise(() => {}));
    const first = reload.reload('test');
    const second = reload.reload('test');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await first).toMatchObject({ successful: false, parts: [{ name: 'hanging', successful: false }] });
    hanging();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await second).toMatchObject({ successful: false });
    expect(await reload.reload('test')).toMatchObject({ successful: true, parts: [] });
  });

  it('have different names', () => {
    const remove = reload.onReload('part', () => {});
    expect(() => reload.onReload('part', () => {})).toThrow('got part again');
    remove();
    expect(() => reload.onReload('part', () => {})).not.toThrow();
  });
});

describe('Reloads at the same time', () => {
  it('run one after the other, and those that wait share one that reads the newest file', async () => {
    let running = 0;
    let runs = 0;
    reload.onReload('part', async () => {
      expect(++running).toBe(1);
      runs++;
      await new Promise(setImmediate);
      running--;
    });
    const first = reload.reload('test');
    writeConfiguration('retention: {finished: 8}\n');
    const others = Array.from({ length: 100 }, () => reload.reload('test'));
    writeConfiguration('retention: {finished: 9}\n');
    await first;
    const reports = await Promise.all(others);
    expect(runs).toBe(2);
    expect(new Set(reports).size).toBe(1);
    expect(store.settings.retention.finished).toBe(9);
  });
});

describe('A reload is refused', () => {
  it('during the start', async () => {
    const service = new ReloadService(store, new ConfigurationSource(undefined, {}));
    await expect(service.reload('test')).rejects.toThrow(ReloadRefusedError);
    await expect(service.reload('test')).rejects.toThrow('The monitor starts');
    service.open();
    expect(await service.reload('test')).toMatchObject({ successful: true });
  });

  it('during the stop, also one that waits for another', async () => {
    reload.onReload('part', () => new Promise((resolve) => setImmediate(resolve)));
    const first = reload.reload('test');
    const waiting = reload.reload('test');
    waiting.catch(() => {});
    reload.close();
    expect(await first).toMatchObject({ successful: true });
    await expect(waiting).rejects.toThrow('The monitor stops');
    await expect(reload.reload('test')).rejects.toThrow('The monitor stops');
    reload.open();
    await expect(reload.reload('test')).rejects.toThrow('The monitor stops');
  });
});

describe('The status', () => {
  it('has the newest result, and the time of the newest success', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
    const service = start('{}\n');
    expect(service.status).toEqual({ successful: true, succeededAt: 1000 });
    writeConfiguration('wrong: 1\n');
    vi.setSystemTime(2000);
    await service.reload('test');
    expect(service.status).toEqual({ successful: false, succeededAt: 1000 });
    writeConfiguration('{}\n');
    vi.setSystemTime(3000);
    await service.reload('test');
    expect(service.status).toEqual({ successful: true, succeededAt: 3000 });
  });
});

function renameOver(text: string): void {
  writeFileSync(directory.file('new.yml'), text);
  renameSync(directory.file('new.yml'), directory.file('config.yml'));
}

function linkToFolder(): void {
  mkdirSync(directory.file('..2026'));
  writeFileSync(directory.file('..2026/config.yml'), 'retention: {finished: 8}\n');
  symlinkSync('..2026', directory.file('..data'));
  replaceByLink('..data/config.yml');
}

function replaceByDirectory(): void {
  rmSync(directory.file('config.yml'));
  mkdirSync(directory.file('config.yml'));
}

function replaceByLink(target: string): void {
  rmSync(directory.file('config.yml'));
  symlinkSync(target, directory.file('config.yml'));
}
