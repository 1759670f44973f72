import { describe, expect, it } from 'vitest';
import { NetworkList, normalizeIp, parseNetwork } from '../../src/config/network.js';

describe('A network', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    [' 192.0.2.1 ', '192.0.2.1/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['::ffff:a00:1', '10.0.0.1/32'],
    ['0:0:0:0:0:ffff:a00:0/104', '10.0.0.0/8'],
    ['0:0:0:0:0:0:0:1', '::1/128'],
    ['2001:0DB8:0:0::/32', '2001:db8::/32'],
    ['fd00::/8', 'fd00::/8'],
  ])('is %s', (text, network) => {
    expect(parseNetwork(text)).toBe(network);
    expect(parseNetwork(network)).toBe(network);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0/8',
    '010.0.0.1',
    '::/129',
    '::ffff:10.0.0.0/64',
    'fe80::1%eth0',
    '10.0.0.1:7894',
    'example.org',
    'localhost',
    '*',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    10,
    null,
    ['10.0.0.1'],
  ])('is not %j', (value) => expect(parseNetwork(value)).toBeUndefined());
});

describe('A list of networks', () => {
  const list = new NetworkList([
    '10.0.0.0/8',
    '192.168.1.200/30',
    '2001:db8::/32',
    '::1/128',
    '203.0.113.7/32',
  ]);

  it.each(['10.0.0.0', '10.255.255.255', '192.168.1.201', '2001:db8:ffff::1', '::1', '203.0.113.7'])(
    'contains %s',
    (address) => expect(list.has(address)).toBe(true),
  );

  it.each([
    '9.255.255.255',
    '11.0.0.0',
    '192.168.1.199',
    '192.168.1.204',
    '2001:db9::',
    '::2',
    '203.0.113.8',
    '',
  ])('does not contain %j', (address) => expect(list.has(address)).toBe(false));

  it.each([
    ['::/0', '2001:db8::1', true],
    ['::/0', '::1', true],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
    ['8000::/1', 'ffff::', true],
    ['8000::/1', '7fff::', false],
  ])('%s and %s: %s', (network, address, expected) => {
    expect(new NetworkList([network]).has(address)).toBe(expected);
    expect(new NetworkList([network]).has('192.0.2.1')).toBe(false);
  });

  it('contains all IPv4 addresses, but no IPv6 address, with 0.0.0.0/0', () => {
    const all = new NetworkList(['0.0.0.0/0']);
    expect(['0.0.0.0', '255.255.255.255', '128.0.0.1'].every((address) => all.has(address))).toBe(true);
    expect(all.has('::1')).toBe(false);
    expect(all.has('')).toBe(false);
  });
});

describe('An IP address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.1%eth0', undefined],
    ['192.0.2.256', undefined],
    ['unknown', undefined],
    ['', undefined],
  ])('%j has the usual form %j', (text, address) => expect(normalizeIp(text)).toBe(address));
});
