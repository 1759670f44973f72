import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { LOG_FILE_OF_ORIGINAL } from '../../src/config/logger-settings.js';
import { defaultSettings } from '../../src/config/settings.js';
import { ORIGINAL_CONFIGURATION, useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();

describe('A configuration file', () => {
  it('of the original works unchanged', () => {
    const settings = file.load(ORIGINAL_CONFIGURATION);
    expect(settings).toEqual({
      ...defaultSettings(),
      logger: { ...defaultSettings().logger, file: '/var/log/recodex/monitor.log', level: 'debug' },
    });
  });

  it.each(['', '---\n', '---\n...\n', '# nothing but a comment\n', '...\n', 'logger:\nlimits:\n', '\ufeff'])(
    'without keys (%j) gives the defaults, and the log file of the original',
    (yaml) => {
      const defaults = defaultSettings();
      expect(file.load(yaml)).toEqual({
        ...defaults,
        logger: { ...defaults.logger, file: LOG_FILE_OF_ORIGINAL },
      });
    },
  );

  it('is optional, and without it the monitor writes no log file', () => {
    const settings = loadSettings(undefined, {}).settings;
    expect(settings).toEqual(defaultSettings());
    expect(settings.logger.file).toBeNull();
  });

  it('may quote ports and sizes, as in the original', () => {
    const settings = file.load(
      `{websocket_uri: [localhost, "0"], logger: {max-size: "2_048", rotations: " 7 "}}`,
    );
    expect(settings.websocket_uri).toEqual({ host: 'localhost', port: 0 });
    expect(settings.logger).toMatchObject({ 'max-size': 2048, rotations: 7 });
  });

  it('is read as PyYAML reads it', () => {
    const settings = file.load(
      'logger: {max-size: 1_048, console: no, level: WARNING}\nzeromq: {remote_exit: on}',
    );
    expect(settings.logger).toMatchObject({ 'max-size': 1048, console: false, level: 'warning' });
    expect(settings.zeromq.remote_exit).toBe(true);
  });

  it.each(['off', '"off"', 'null', 'false', ''])(
    'switches a listener and the log file off with %j',
    (off) => {
      const settings = file.load(`admin_uri: ${off}\nlogger:\n  file: ${off}\n`);
      expect(settings.admin_uri).toBeNull();
      expect(settings.logger.file).toBeNull();
    },
  );

  it.each([
    ['merge keys and anchors', 'x-base: &base {level: debug}\nlogger:\n  <<: *base\n  console: false\n'],
    ['a list of merge keys', 'x-a: [&a {level: debug}, &b {console: false}]\nlogger: {<<: [*a, *b]}\n'],
    [
      'x- keys at every level',
      'x-a: 1\nlogger: {x-b: {c: [2]}, level: debug, console: false}\nlimits: {x-c: }',
    ],
    ['Windows line ends', '---\r\nlogger:\r\n  level: debug\r\n  console: false\r\n...\r\n'],
    ['a byte order mark', '\ufeff---\nlogger:\n  level: debug\n  console: false\n'],
    ['tabs between tokens', 'logger:\n  level:\tdebug\t# a comment\n  console:\tfalse\n'],
    [
      'empty groups',
      'logger: {level: debug, console: false}\nretention:\nlimits: ~\nshutdown: {}\norigins:\n',
    ],
    ['a version directive', '%YAML 1.1\n---\nlogger: {level: debug, console: false}\n'],
  ])('may have %s', (_what, yaml) => {
    const settings = file.load(yaml);
    expect(settings).toEqual({
      ...defaultSettings(),
      logger: { ...defaultSettings().logger, file: LOG_FILE_OF_ORIGINAL, level: 'debug', console: false },
    });
  });

  it('may use an anchor in two groups, and a variable changes only one of them', () => {
    const yaml = 'x-a: &a {}\nretention: *a\nheartbeat: *a\n';
    const settings = file.load(yaml, { RECODEX_MONITOR_HEARTBEAT_INTERVAL: '5' });
    expect(settings.heartbeat).toEqual({ interval: 5 });
    expect(settings.retention).toEqual(defaultSettings().retention);
  });

  it.each([
    ['warn', 'warning'],
    ['WARN', 'warning'],
    ['Warning', 'warning'],
    ['err', 'error'],
    ['crit', 'critical'],
    ['FATAL', 'critical'],
    ['notice', 'info'],
    ['verbose', 'debug'],
    ['trace', 'debug'],
  ])('may use the level name %s', (word, level) => {
    expect(file.load(`logger: {level: ${word}}`).logger.level).toBe(level);
    expect(loadSettings(undefined, { RECODEX_MONITOR_LOGGER_LEVEL: word }).settings.logger.level).toBe(level);
  });

  it('accepts fractions of seconds, and 0 where it has a meaning', () => {
    const settings = file.load('retention: {finished: 0, idle: 0.5}\nshutdown: {drain: 0, deadline: 1.5}');
    expect(settings.retention).toEqual({ finished: 0, idle: 0.5 });
    expect(settings.shutdown).toEqual({ drain: 0, deadline: 1.5 });
  });
});
