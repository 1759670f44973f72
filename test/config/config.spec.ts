import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bindHosts,
  formatAddress,
  listenHost,
  parseAddress,
  zeromqEndpoint,
} from '../../src/config/address.js';
import { settingKeys } from '../../src/config/keys.js';
import { loadSettings } from '../../src/config/load.js';
import { printSettings } from '../../src/config/print.js';
import { warningLine, type Warning } from '../../src/config/warning.js';
import { ConfigError, type Problem } from '../../src/config/problem.js';
import { configurationReference } from '../../src/config/reference.js';
import { LOG_FILE_OF_ORIGINAL } from '../../src/config/logger-settings.js';
import { defaultSettings, type Settings, settingsSchema } from '../../src/config/settings.js';

/** As in the original's README. */
const ORIGINAL = `---
websocket_uri:
    - "127.0.0.1"
    - 4567
zeromq_uri:
    - "127.0.0.1"
    - 7894
logger:
    file: "/var/log/recodex/monitor.log"
    level: "debug"
    max-size: 1048576  # 1 MB
    rotations: 3
...
`;

let directory: string;
let file: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-spec-'));
  file = join(directory, 'config.yml');
});
afterAll(() => rmSync(directory, { recursive: true }));

function load(yaml: string, env: NodeJS.ProcessEnv = {}): Settings {
  writeFileSync(file, yaml);
  return loadSettings(file, env).settings;
}

function warnings(env: NodeJS.ProcessEnv): readonly Warning[] {
  return loadSettings(undefined, env).warnings;
}

function failure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('There was no problem');
}

function problems(yaml: string, env: NodeJS.ProcessEnv = {}): Problem[] {
  return [...failure(() => load(yaml, env)).problems];
}

function lines(yaml: string, env: NodeJS.ProcessEnv = {}): string[] {
  return failure(() => load(yaml, env))
    .message.split('\n')
    .slice(1);
}

describe('A configuration file', () => {
  it('of the original works unchanged', () => {
    const settings = load(ORIGINAL);
    expect(settings).toEqual({
      ...defaultSettings(),
      logger: { ...defaultSettings().logger, file: '/var/log/recodex/monitor.log', level: 'debug' },
    });
  });

  it.each(['', '---\n', '---\n...\n', '# nothing but a comment\n', '...\n', 'logger:\nlimits:\n', '\ufeff'])(
    'that holds nothing (%j) gives the defaults, and the log file of the original',
    (yaml) => {
      const defaults = defaultSettings();
      expect(load(yaml)).toEqual({ ...defaults, logger: { ...defaults.logger, file: LOG_FILE_OF_ORIGINAL } });
    },
  );

  it('is optional, and without it nothing is written to disk', () => {
    const settings = loadSettings(undefined, {}).settings;
    expect(settings).toEqual(defaultSettings());
    expect(settings.logger.file).toBeNull();
  });

  it('may give ports and sizes as texts of digits, as the original takes them', () => {
    const settings = load(`{websocket_uri: [localhost, "0"], logger: {max-size: "2_048", rotations: " 7 "}}`);
    expect(settings.websocket_uri).toEqual({ host: 'localhost', port: 0 });
    expect(settings.logger).toMatchObject({ 'max-size': 2048, rotations: 7 });
  });

  it('is read as PyYAML reads it', () => {
    const settings = load(
      'logger: {max-size: 1_048, console: no, level: WARNING}\nzeromq: {remote_exit: on}',
    );
    expect(settings.logger).toMatchObject({ 'max-size': 1048, console: false, level: 'warning' });
    expect(settings.zeromq.remote_exit).toBe(true);
  });

  it.each(['off', '"off"', 'null', 'false', ''])('switches a listener and the log file off by %j', (off) => {
    const settings = load(`admin_uri: ${off}\nlogger:\n  file: ${off}\n`);
    expect(settings.admin_uri).toBeNull();
    expect(settings.logger.file).toBeNull();
  });

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
    const settings = load(yaml);
    expect(settings).toEqual({
      ...defaultSettings(),
      logger: { ...defaultSettings().logger, file: LOG_FILE_OF_ORIGINAL, level: 'debug', console: false },
    });
  });

  it('may use an anchor in two groups, of which a variable changes one', () => {
    const yaml = 'x-a: &a {}\nretention: *a\nheartbeat: *a\n';
    const settings = load(yaml, { RECODEX_MONITOR_HEARTBEAT_INTERVAL: '5' });
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
  ])('may call a level %s', (word, level) => {
    expect(load(`logger: {level: ${word}}`).logger.level).toBe(level);
    expect(loadSettings(undefined, { RECODEX_MONITOR_LOGGER_LEVEL: word }).settings.logger.level).toBe(level);
  });

  it('takes fractions of seconds, and 0 where that has a meaning', () => {
    const settings = load('retention: {finished: 0, idle: 0.5}\nshutdown: {drain: 0, deadline: 1.5}');
    expect(settings.retention).toEqual({ finished: 0, idle: 0.5 });
    expect(settings.shutdown).toEqual({ drain: 0, deadline: 1.5 });
  });
});

describe('A problem', () => {
  it('with the file itself names the file and the reason', () => {
    const missing = join(directory, 'missing.yml');
    const error = failure(() => loadSettings(missing, {}));
    expect(error.message).toMatch(`${missing}: 1 problem\n  expected a file that can be read, got ENOENT`);
    expect(failure(() => loadSettings(directory, {})).message).toContain('EISDIR');
  });

  it('with the YAML names line and column', () => {
    expect(lines('logger:\n  level: "debug\n')).toEqual([
      expect.stringMatching(/^ {2}line \d, column \d+: expected valid YAML, got /),
    ]);
    expect(lines('a: 1\nb: [1\n')[0]).toContain('line 3, column 1');
    expect(lines('limits: {}\nlimits: {}\n')).toEqual([
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
  ])('in %j is said with key, expectation and value', (yaml, line) => {
    expect(lines(yaml)).toEqual([line]);
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
  ])('with the address %j is said with the forms it may have', (address) => {
    expect(problems(`websocket_uri: ${address}`)).toEqual([
      {
        key: 'websocket_uri',
        expected: expect.stringContaining('a list of host and port'),
        got: expect.any(String),
        source: file,
      },
    ]);
  });

  it('never hides another: all of file and environment are listed at once', () => {
    const yaml =
      'foo: 1\nlogger: 7\nlimits: {channels: many, channel_bytes: 900000000, chanels: 4}\nwebsocket_uri: 5';
    const env = {
      RECODEX_MONITOR_LIMITS_LAG: '-1',
      RECODEX_MONITOR_LIMITS_CONECTIONS: '5',
      RECODEX_MONITOR_LOGGER_LEVEL: 'loud',
    };
    const error = failure(() => load(yaml, env));
    expect(error.message.split('\n')[0]).toBe(`${file}: 8 problems`);
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

  it('stays on one short line whatever the value is', () => {
    const [line] = lines(`limits: {channels: "${'x'.repeat(5000)}\\u2028\\e[2J"}`);
    expect(line?.length).toBeLessThan(200);
    expect(lines('limits: {channels: "a\\nb\\x7f"}')[0]).toContain('got "a\\nb\\u007f"');
  });
});

describe('An environment variable', () => {
  it('wins over the file', () => {
    const settings = load('websocket_uri: [127.0.0.1, 1]\nretention: {finished: 5, idle: 7}', {
      RECODEX_MONITOR_WEBSOCKET_URI: '0.0.0.0:4567',
      RECODEX_MONITOR_RETENTION_FINISHED: '60.5',
      RECODEX_MONITOR_LOGGER_MAX_SIZE: '2048',
    });
    expect(settings.websocket_uri).toEqual({ host: '0.0.0.0', port: 4567 });
    expect(settings.retention).toEqual({ finished: 60.5, idle: 7 });
    expect(settings.logger['max-size']).toBe(2048);
  });

  it('is read as its key expects it, without a file too', () => {
    const settings = loadSettings(undefined, {
      PATH: '/bin',
      RECODEX_MONITOR_ADMIN_URI: 'off',
      RECODEX_MONITOR_LOGGER_CONSOLE: 'false',
      RECODEX_MONITOR_LOGGER_FILE: '/tmp/x.log',
      RECODEX_MONITOR_ZEROMQ_URI: '[::1]:7',
      RECODEX_MONITOR_HEALTH_REQUIRE_BROKER: 'true',
    }).settings;
    expect(settings.admin_uri).toBeNull();
    expect(settings.logger).toMatchObject({ console: false, file: '/tmp/x.log' });
    expect(settings.zeromq_uri).toEqual({ host: '::1', port: 7 });
    expect(settings.health.require_broker).toBe(true);
  });

  it('can switch off the log file that a configuration file brings', () => {
    expect(load('', { RECODEX_MONITOR_LOGGER_FILE: 'off' }).logger.file).toBeNull();
  });

  it('that is empty counts as not set', () => {
    const env = { RECODEX_MONITOR_LIMITS_LAG: '', RECODEX_MONITOR_BOGUS: '' };
    expect(loadSettings(undefined, env)).toEqual({ settings: defaultSettings(), warnings: [] });
  });

  it.each([
    ['SERVICE_HOST', '10.0.0.1'],
    ['SERVICE_PORT_HTTP', '4567'],
    ['PORT', 'tcp://10.0.0.1:4567'],
    ['PORT_4567_TCP_ADDR', '10.0.0.1'],
    ['ZEROMQ_SERVICE_HOST', 'fd00::1'],
    ['ZEROMQ_SERVICE_PORT', '7894'],
    ['ADMIN_PORT', 'tcp://10.0.0.1:4568'],
    ['ADMIN_PORT_4568_TCP', 'tcp://10.0.0.1:4568'],
    ['LIMITS_PORT_80_TCP_ADDR', '10.0.0.1'],
    ['LIMITS_PORT_80_UDP_PROTO', 'udp'],
    ['1_PORT_80_TCP_START', 'tcp://172.17.0.2:80'],
    ['LOGGER_FILE_SERVICE_PORT_HTTPS_ALT', '1'],
    ['NAME', '/web/recodex-monitor'],
    ['WEBSOCKET_URI_NAME', '/web/recodex_monitor_websocket_uri'],
    ['ENV_PATH', '/bin'],
    ['WEBSOCKET_URI_ENV_LANG', 'C'],
  ])('that Kubernetes or a Docker link sets is ignored without a word: %s', (suffix, text) => {
    const env = { [`RECODEX_MONITOR_${suffix}`]: text };
    expect(loadSettings(undefined, env)).toEqual({ settings: defaultSettings(), warnings: [] });
  });

  it('with a bad value is named as the source', () => {
    const error = failure(() => loadSettings(undefined, { RECODEX_MONITOR_LIMITS_CHANNELS: 'many' }));
    expect(error.message).toBe(
      'environment: 1 problem\n  limits.channels: expected a whole number from 1 to 1000000000, got "many" (RECODEX_MONITOR_LIMITS_CHANNELS)',
    );
  });

  it.each([
    ['LOGGER_MAXSIZE', '1', 'LOGGER_MAX_SIZE'],
    ['LOGGER__LEVEL', 'debug', 'LOGGER_LEVEL'],
    ['LOGGER.LEVEL', 'debug', 'LOGGER_LEVEL'],
    ['WEBSOCKET_PORT', '4567', 'WEBSOCKET_URI'],
  ])('that belongs to no key is a warning that tells the nearest one: %s', (suffix, text, meant) => {
    const variable = `RECODEX_MONITOR_${suffix}`;
    const [warning, ...others] = warnings({ [variable]: text });
    expect(others).toEqual([]);
    expect(warningLine(warning!)).toBe(
      `warning: Ignored an environment variable that belongs to no key: ${variable} (did you mean RECODEX_MONITOR_${meant}?)`,
    );
  });

  it.each(['recodex_monitor_logger_level', 'Recodex_Monitor_Logger_Level', 'RECODEX_MONITOR_logger_level'])(
    'in other letters is a warning, too: %s',
    (variable) => {
      expect(warnings({ [variable]: 'debug' })).toEqual([
        { message: expect.any(String), variable, nearest: 'RECODEX_MONITOR_LOGGER_LEVEL' },
      ]);
    },
  );

  it('stays on one harmless line, whatever its name is', () => {
    const [warning] = warnings({ 'RECODEX_MONITOR_a\n\u001b[2J': 'x' });
    expect(warningLine(warning!)).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('The effective configuration', () => {
  const port = fc.integer({ min: 0, max: 65_535 });
  const host = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom('*', 'localhost', 'monitor.example.org', 'off'),
  );
  const address = fc.record({ host, port });
  const seconds = fc.oneof(
    fc.integer({ min: 1, max: 2_147_483 }),
    fc.double({ min: 0.001, max: 1000, noNaN: true }),
  );
  const path = fc
    .string({ minLength: 1, unit: 'binary' })
    .filter((text) => text.trim() !== '' && !text.includes('\0') && !/^(off|false|null)$/i.test(text));
  const changes = fc.record({
    websocket_uri: address,
    zeromq_uri: address,
    admin_uri: fc.option(address),
    logger: fc.record({
      file: fc.option(path),
      level: fc.constantFrom('debug', 'info', 'warning', 'error', 'critical'),
      'max-size': fc.nat(),
      rotations: fc.nat(1000),
      console: fc.boolean(),
      format: fc.constantFrom('text', 'json'),
    }),
    retention: fc.record({ finished: seconds, idle: seconds }),
    limits: fc.record({ channels: fc.integer({ min: 1, max: 1e9 }), lag: seconds }),
  });

  it('is printed as YAML that loads again to the same settings', () => {
    fc.assert(
      fc.property(changes, ({ websocket_uri, zeromq_uri, admin_uri, ...others }) => {
        const list = (each: { host: string; port: number }) => [each.host, each.port];
        const settings = settingsSchema.parse({
          ...others,
          websocket_uri: list(websocket_uri),
          zeromq_uri: list(zeromq_uri),
          admin_uri: admin_uri && list(admin_uri),
        });
        expect(load(printSettings(settings))).toEqual(settings);
      }),
    );
  });

  it('writes addresses as the original does', () => {
    expect(printSettings(defaultSettings())).toContain('websocket_uri:\n  - 127.0.0.1\n  - 4567\n');
  });

  it('prints every key', () => {
    const printed = printSettings(defaultSettings());
    for (const { path } of settingKeys) expect(printed).toMatch(new RegExp(`^ *${path.at(-1)}:`, 'm'));
  });
});

describe('The reference', () => {
  const reference = configurationReference();

  it('has a section with variable and description for every key', () => {
    for (const { name, variable, about } of settingKeys) {
      expect(reference).toContain(`### \`${name}\`\n`);
      expect(reference).toContain(`- Variable: \`${variable}\`\n\n${about}`);
    }
  });

  it("shows the original's example as its README has it", () => {
    expect(reference).toContain(`\`\`\`yaml\n${ORIGINAL}\`\`\``);
  });

  it('gives addresses, missing values and ranges in words', () => {
    expect(reference).toContain('- Default: `127.0.0.1:4568`');
    expect(reference).toContain('- Type: whole number (0 to 1000) in files\n- Default: `3`');
    expect(reference).toContain('- Type: word (text, json)\n- Default: `text`');
  });
});

describe('An address', () => {
  it.each([
    ['127.0.0.1:4567', { host: '127.0.0.1', port: 4567 }],
    ['[::1]:4567', { host: '::1', port: 4567 }],
    ['*:0', { host: '*', port: 0 }],

    ['monitor.example.org:80', { host: 'monitor.example.org', port: 80 }],
  ])('is read from the text %j and written back', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  it('is all addresses when the host is empty, as for the original', () => {
    for (const value of [':80', ['', 80], ['', '80'], [' ', 80]])
      expect(parseAddress(value)).toEqual({ host: '*', port: 80 });
    for (const value of ['', ':', '80', [], ['']]) expect(parseAddress(value)).toBeUndefined();
  });

  it('is read from a list, an IPv6 address with or without brackets', () => {
    expect(parseAddress(['::1', '80'])).toEqual({ host: '::1', port: 80 });
    expect(parseAddress(['[::1]', 80])).toEqual({ host: '::1', port: 80 });
  });

  it('is bound by the IP that its name stands for', async () => {
    expect((await bindHosts({ host: 'localhost', port: 1 }))[0]).toBe('127.0.0.1');
    expect(await bindHosts({ host: '::1', port: 1 })).toEqual(['::1']);
    expect(await bindHosts({ host: '*', port: 1 })).toEqual(['*']);
    // A label of 64 letters is refused without asking a name server.
    const host = `${'x'.repeat(64)}.invalid`;
    await expect(bindHosts({ host, port: 1 })).rejects.toThrow(host);
  });

  const loopback = Object.entries(networkInterfaces()).find(([, all]) =>
    all?.some(({ address }) => address === '127.0.0.1'),
  );
  it.runIf(loopback)('may be given by the name of an interface, as libzmq takes it', async () => {
    const ips = await bindHosts({ host: loopback?.[0] ?? '', port: 1 });
    expect(ips).toEqual((loopback?.[1] ?? []).map(({ address }) => address));
  });

  it('is given to libzmq and to Node as each of them takes it', () => {
    expect(zeromqEndpoint('1.2.3.4', 7894)).toBe('tcp://1.2.3.4:7894');
    expect(zeromqEndpoint('::1', 7894)).toBe('tcp://[::1]:7894');
    expect(zeromqEndpoint('*', 7894)).toBe('tcp://*:7894');
    expect(listenHost('*')).toBeUndefined();
    expect(listenHost('::1')).toBe('::1');
  });
});
