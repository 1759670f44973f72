import { describe, expect, it } from 'vitest';
import { hostNameOf, matchesHostName, parseHostName } from '../../src/config/host-name.js';

describe('The host of an authority', () => {
  it.each([
    ['Monitor.Example.org:4568', 'monitor.example.org'],
    ['monitor.example.org.', 'monitor.example.org'],
    ['monitor.example.org.:4568', 'monitor.example.org'],
    ['monitor', 'monitor'],
    ['my_monitor:4568', 'my_monitor'],
    ['mü.example', 'xn--m-eha.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1.:80', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['[0:0::1]:4568', '::1'],
    ['[fe80::1%25eth0]:4568', 'fe80::1'],
    ['[::ffff:127.0.0.1]', '127.0.0.1'],
  ])('of %s is %s', (authority, name) => expect(hostNameOf(authority)).toBe(name));

  it.each([
    '',
    ':80',
    'a b',
    'user@127.0.0.1',
    '127.0.0.1/evil.example',
    '127.0.0.1#evil.example',
    '127.0.0.1?evil.example',
    String.raw`127.0.0.1\evil.example`,
    '127.0.0.1\tevil.example',
    '127.0.0.256',
    '127.0.0.1:port',
    '127.0.0.1, evil.example',
    '[::1',
    '[evil.example]',
  ])('does not exist in %j', (authority) => expect(hostNameOf(authority)).toBeUndefined());
});

describe('A host name', () => {
  it.each([
    ['monitor.example.org', 'monitor.example.org'],
    [' Monitor.Example.org. ', 'monitor.example.org'],
    ['*.Example.org', '*.example.org'],
    ['*.corp', '*.corp'],
    ['monitor', 'monitor'],
    ['mü.example', 'xn--m-eha.example'],
  ])('is %j', (text, name) => {
    expect(parseHostName(text)).toBe(name);
    expect(parseHostName(name)).toBe(name);
  });

  it.each([
    '*',
    '*.',
    '*.*.org',
    'a.*.org',
    '*example.org',
    '%2a.example.org',
    'monitor.example.org:4568',
    'monitor.example.org:80',
    'http://monitor.example.org',
    'monitor.example.org/',
    'user@example.org',
    'a..example.org',
    '.example.org',
    '-a.example.org',
    'a b.example.org',
    '127.0.0.1',
    '0x7f.1',
    '*.127.0.0.1',
    '::1',
    '[::1]',
    '',
    5,
    null,
  ])('is not %j', (text) => expect(parseHostName(text)).toBeUndefined());

  it.each([
    ['monitor.example.org', 'monitor.example.org', true],
    ['monitor.example.org', 'a.monitor.example.org', false],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'a.b.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org', 'evilexample.org', false],
    ['*.example.org', 'a.example.org.evil.example', false],
  ])('%s, for the host %s: %s', (pattern, name, matches) =>
    expect(matchesHostName(pattern, name)).toBe(matches),
  );
});
