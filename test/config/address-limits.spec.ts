import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { useConfigurationFile } from '../fixtures/configuration-file.js';

const file = useConfigurationFile();

describe('Trusted proxies', () => {
  it('are none by default, a list, or a text with commas', () => {
    expect(file.load('').trusted_proxies).toEqual([]);
    expect(file.load('trusted_proxies: [127.0.0.1, "10.0.0.0/8"]').trusted_proxies).toEqual([
      '127.0.0.1/32',
      '10.0.0.0/8',
    ]);
    const env = { RECODEX_MONITOR_TRUSTED_PROXIES: '127.0.0.1/32, ::1' };
    expect(loadSettings(undefined, env).settings.trusted_proxies).toEqual(['127.0.0.1/32', '::1/128']);
  });

  it.each(['[10.0.0.0/33]', '[proxy.example.org]', '5', '"*"', '[[127.0.0.1]]'])('cannot be %s', (value) => {
    expect(() => file.load(`trusted_proxies: ${value}`)).toThrow('list of networks');
  });

  it('are needed for the PROXY protocol', () => {
    expect(() => file.load('proxy_protocol: true')).toThrow(/proxy_protocol.*trusted_proxies/s);
    expect(file.load('{proxy_protocol: true, trusted_proxies: [127.0.0.1]}').proxy_protocol).toBe(true);
  });
});

describe('The limits per address', () => {
  it('exempt this machine by default; off exempts nothing', () => {
    expect(file.load('').limits.exempt).toEqual(['127.0.0.0/8', '::1/128']);
    expect(file.load('limits: {exempt: off}').limits.exempt).toEqual([]);
  });
});
