import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { supportsReusePort } from '../../src/config/reuse-port.js';

describe('supportsReusePort', () => {
  it.each([
    ['20.20.2', 'linux', false],
    ['22.11.0', 'linux', false],
    ['22.12.0', 'linux', true],
    ['23.0.0', 'linux', false],
    ['23.1.0', 'linux', true],
    ['24.0.0', 'linux', true],
    ['24.0.0', 'freebsd', true],
    ['24.0.0', 'darwin', false],
    ['24.0.0', 'win32', false],
  ])('is for Node.js %s on %s: %s', (version, system, expected) => {
    expect(supportsReusePort(version, system)).toBe(expected);
  });
});

describe('reuseport', () => {
  it('is false by default', () => {
    expect(loadSettings(undefined, {}).settings.reuseport).toBe(false);
  });

  it.skipIf(supportsReusePort())('is a problem with a Node.js that can not share a port', () => {
    expect(() => loadSettings(undefined, { RECODEX_MONITOR_REUSEPORT: 'true' })).toThrow(
      /reuseport: expected false with Node\.js [\d.]+ on \w+; Node\.js 22\.12, 23\.1 or newer on Linux can share a port, or a proxy .*, got "?true"? \(RECODEX_MONITOR_REUSEPORT\)/,
    );
  });
});
