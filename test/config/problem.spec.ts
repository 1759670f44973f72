import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { configError, useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();

describe('A problem', () => {
  it('of an unreadable file names the file and the reason', () => {
    const missing = `${file.path}.missing`;
    const error = configError(() => loadSettings(missing, {}));
    expect(error.message).toMatch(`${missing}: 1 problem\n  expected a file that can be read, got ENOENT`);
    expect(configError(() => loadSettings(dirname(file.path), {})).message).toContain('EISDIR');
  });

  it('of anchors that stand for 10^9 values is found at once', () => {
    const levels = Array.from({ length: 8 }, (_, i) => `x-${i + 1}: &x${i + 1} [${`*x${i}, `.repeat(10)}]`);
    const yaml = ['x-0: &x0 [a, a, a, a, a, a, a, a, a, a]', ...levels, 'limits: *x8'].join('\n');
    expect(file.problemLines(yaml)).toEqual([
      expect.stringMatching(/^ {2}limits: expected a mapping of keys, got \[\[+"a","a",/),
    ]);
  });

  it('of the YAML syntax names line and column', () => {
    expect(file.problemLines('logger:\n  level: "debug\n')).toEqual([
      expect.stringMatching(/^ {2}line \d, column \d+: expected valid YAML, got /),
    ]);
    expect(file.problemLines('a: 1\nb: [1\n')[0]).toContain('line 3, column 1');
    expect(file.problemLines('limits: {}\nlimits: {}\n')).toEqual([
      '  line 2, column 1: expected valid YAML, got duplicated mapping key',
    ]);
  });

  it.each([
    ['- 1', '  expected a mapping of keys, got [1]'],
    ['just a text', '  expected a mapping of keys, got "just a text"'],
    ['--- {}\n--- {}', '  expected one YAML document, got 2'],
    ['limits: 5', '  limits: expected a mapping of keys, got 5'],
    [
      'limits: {channels: many}',
      '  limits.channels: expected a whole number from 1 to 1000000000, got "many"',
    ],
    ['limits: {channels: 0}', '  limits.channels: expected a whole number from 1 to 1000000000, got 0'],
    ['limits: {channels: 1.5}', '  limits.channels: expected a whole number from 1 to 1000000000, got 1.5'],
    [
      'limits: {channels: .inf}',
      '  limits.channels: expected a whole number from 1 to 1000000000, got Infinity',
    ],
    [
      'limits: {message_bytes: 67108865}',
      '  limits.message_bytes: expected a whole number from 1 to 67108864, got 67108865',
    ],
    ['retention: {idle: 0}', '  retention.idle: expected a number of seconds from 0.001 to 2147483, got 0'],
    [
      'retention: {finished: -1}',
      '  retention.finished: expected a number of seconds from 0 to 2147483, got -1',
    ],
    [
      'retention: {finished: 2147484}',
      '  retention.finished: expected a number of seconds from 0 to 2147483, got 2147484',
    ],
    [
      'logger: {level: loud}',
      '  logger.level: expected one of debug, info, warning, error, critical, got "loud"',
    ],
    ['logger: {console: maybe}', '  logger.console: expected true or false, got "maybe"'],
    ['logger: {file: [a]}', '  logger.file: expected the path of a file, or off, got ["a"]'],
    [
      'limits: {channel_bytes: 268435457}',
      '  limits.channel_bytes: expected at most limits.total_bytes, got 268435457',
    ],
    [
      'limits: {channel_id_bytes: 4097}',
      '  limits.channel_id_bytes: expected at most limits.client_message_bytes, got 4097',
    ],
    [
      'limits: {total_bytes: 5}',
      '  limits.channel_bytes: expected at most limits.total_bytes, got 33554432 (the default)',
    ],
    [
      'shutdown: {drain: 10}',
      '  shutdown.drain: expected 0, or at least 1 second less than shutdown.deadline, got 10',
    ],
    [
      'shutdown: {drain: 2, deadline: 2.5}',
      '  shutdown.drain: expected 0, or at least 1 second less than shutdown.deadline, got 2',
    ],
    ['limits: {chanels: 5}', '  limits.chanels: expected a known key (did you mean limits.channels?)'],
    [
      'logger:\n\tlevel: debug',
      '  line 2, column 1: expected valid YAML, got tab characters must not be used in indentation',
    ],
    ['logger: {X-a: 1}', '  logger.X-a: expected a known key'],
    [
      'websocket_uri: {x-a: 1}',
      '  websocket_uri: expected a list of host and port, or a text such as "127.0.0.1:4567", with a port from 0 to 65535, got {"x-a":1}',
    ],
    ['level: debug', '  level: expected a known key (did you mean logger.level?)'],
    ['logger: {maxsize: 5}', '  logger.maxsize: expected a known key (did you mean logger.max-size?)'],
    ['webscket_uri: [a, 1]', '  webscket_uri: expected a known key (did you mean websocket_uri?)'],
    ['something_else: 1', '  something_else: expected a known key'],
    ['__proto__: {}', '  __proto__: expected a known key'],
    ['"a\\nb\\e[31m": 1', '  "a\\nb\\u001b[31m": expected a known key'],
  ])('in %j names the key, the expected value and the actual value', (yaml, line) => {
    expect(file.problemLines(yaml)).toEqual([line]);
  });

  it.each([
    '[127.0.0.1]',
    '[127.0.0.1, 65536]',
    '[127.0.0.1, -1]',
    '[5, 5]',
    '127.0.0.1',
    '{host: a, port: 1}',
    '',
    '"::1:80"',
    '[a b, 1]',
    '[1.2.3.400, 1]',
    '[127.0.0.1, x]',
    '&a [*a]',
  ])('of the address %j names the allowed forms', (address) => {
    expect(file.problems(`websocket_uri: ${address}`)).toEqual([
      {
        key: 'websocket_uri',
        expected: expect.stringContaining('a list of host and port'),
        got: expect.any(String),
        source: file.path,
      },
    ]);
  });

  it('hides no other problem: all problems of file and environment are listed', () => {
    const yaml =
      'foo: 1\nlogger: 7\nlimits: {channels: many, channel_bytes: 900000000, chanels: 4}\nwebsocket_uri: 5';
    const env = {
      RECODEX_MONITOR_LIMITS_LAG: '-1',
      RECODEX_MONITOR_LIMITS_CONECTIONS: '5',
      RECODEX_MONITOR_LOGGER_LEVEL: 'loud',
    };
    const error = configError(() => file.load(yaml, env));
    expect(error.message.split('\n')[0]).toBe(`${file.path}: 8 problems`);
    expect(error.message).toMatch(
      /\n {2}warning: .*: RECODEX_MONITOR_LIMITS_CONECTIONS \(did you mean RECODEX_MONITOR_LIMITS_CONNECTIONS\?\)$/,
    );
    expect(error.problems.map(({ key }) => key).toSorted()).toEqual([
      'foo',
      'limits.chanels',
      'limits.channel_bytes',
      'limits.channels',
      'limits.lag',
      'logger',
      'logger.level',
      'websocket_uri',
    ]);
  });

  it('is one short line for any value', () => {
    const [line] = file.problemLines(`limits: {channels: "${'x'.repeat(5000)}\\u2028\\e[2J"}`);
    expect(line?.length).toBeLessThan(200);
    expect(file.problemLines('limits: {channels: "a\\nb\\x7f"}')[0]).toContain('got "a\\nb\\u007f"');
  });
});
