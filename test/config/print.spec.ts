import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingKeys } from '../../src/config/keys.js';
import { printableValue, printSettings } from '../../src/config/print.js';
import { defaultSettings, settingsSchema } from '../../src/config/settings.js';
import { useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();

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

  it('is printed as YAML that gives the same settings', () => {
    fc.assert(
      fc.property(changes, ({ websocket_uri, zeromq_uri, admin_uri, ...others }) => {
        const list = (each: { host: string; port: number }) => [each.host, each.port];
        const settings = settingsSchema.parse({
          ...others,
          admin_public: true,
          websocket_uri: list(websocket_uri),
          zeromq_uri: list(zeromq_uri),
          admin_uri: admin_uri && list(admin_uri),
        });
        expect(file.load(printSettings(settings))).toEqual(settings);
      }),
    );
  });

  it('writes addresses as the original does', () => {
    expect(printSettings(defaultSettings())).toContain('websocket_uri:\n  - 127.0.0.1\n  - 4567\n');
  });

  it('hides a secret, and shows that it is off', () => {
    expect(printableValue({ secret: true }, 'hunter2')).toBe('(hidden)');
    expect(printableValue({ secret: true }, ['hunter2'])).toBe('(hidden)');
    expect(printableValue({ secret: true }, null)).toBeNull();
    expect(printableValue({ secret: false }, 'hunter2')).toBe('hunter2');
  });

  it('prints every key', () => {
    const printed = printSettings(defaultSettings());
    for (const { path } of settingKeys) expect(printed).toMatch(new RegExp(`^ *${path.at(-1)}:`, 'm'));
  });
});
