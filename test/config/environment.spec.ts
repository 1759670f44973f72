import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { defaultSettings } from '../../src/config/settings.js';
import { warningLine, type Warning } from '../../src/config/warning.js';
import { configError, useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();

describe('An environment variable', () => {
  it('overrides the file', () => {
    const settings = file.load('websocket_uri: [127.0.0.1, 1]\nretention: {finished: 5, idle: 7}', {
      RECODEX_MONITOR_WEBSOCKET_URI: '0.0.0.0:4567',
      RECODEX_MONITOR_RETENTION_FINISHED: '60.5',
      RECODEX_MONITOR_LOGGER_MAX_SIZE: '2048',
    });
    expect(settings.websocket_uri).toEqual({ host: '0.0.0.0', port: 4567 });
    expect(settings.retention).toEqual({ finished: 60.5, idle: 7 });
    expect(settings.logger['max-size']).toBe(2048);
  });

  it('is parsed like the key, also without a file', () => {
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

  it('can switch off the log file of a configuration file', () => {
    expect(file.load('', { RECODEX_MONITOR_LOGGER_FILE: 'off' }).logger.file).toBeNull();
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
  ])('that Kubernetes or a Docker link sets is ignored without a warning: %s', (suffix, text) => {
    const env = { [`RECODEX_MONITOR_${suffix}`]: text };
    expect(loadSettings(undefined, env)).toEqual({ settings: defaultSettings(), warnings: [] });
  });

  it('with an invalid value is named as the source', () => {
    const error = configError(() => loadSettings(undefined, { RECODEX_MONITOR_LIMITS_CHANNELS: 'many' }));
    expect(error.message).toBe(
      'environment: 1 problem\n  limits.channels: expected a whole number from 1 to 1000000000, got "many" (RECODEX_MONITOR_LIMITS_CHANNELS)',
    );
  });

  it.each([
    ['LOGGER_MAXSIZE', '1', 'LOGGER_MAX_SIZE'],
    ['LOGGER__LEVEL', 'debug', 'LOGGER_LEVEL'],
    ['LOGGER.LEVEL', 'debug', 'LOGGER_LEVEL'],
    ['WEBSOCKET_PORT', '4567', 'WEBSOCKET_URI'],
  ])('that belongs to no key gives a warning with the most similar variable: %s', (suffix, text, meant) => {
    const variable = `RECODEX_MONITOR_${suffix}`;
    const [warning, ...others] = warnings({ [variable]: text });
    expect(others).toEqual([]);
    expect(warningLine(warning!)).toBe(
      `warning: Ignored an environment variable that belongs to no key: ${variable} (did you mean RECODEX_MONITOR_${meant}?)`,
    );
  });

  it.each(['recodex_monitor_logger_level', 'Recodex_Monitor_Logger_Level', 'RECODEX_MONITOR_logger_level'])(
    'with other capitalization gives a warning: %s',
    (variable) => {
      expect(warnings({ [variable]: 'debug' })).toEqual([
        { message: expect.any(String), variable, nearest: 'RECODEX_MONITOR_LOGGER_LEVEL' },
      ]);
    },
  );

  it('with control characters in its name gives one safe line', () => {
    const [warning] = warnings({ 'RECODEX_MONITOR_a\n\u001b[2J': 'x' });
    expect(warningLine(warning!)).toMatch(/^[\x20-\x7e]+$/);
  });
});

function warnings(env: NodeJS.ProcessEnv): readonly Warning[] {
  return loadSettings(undefined, env).warnings;
}
