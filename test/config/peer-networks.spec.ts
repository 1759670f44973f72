import { describe, expect, it } from 'vitest';
import { parsePeerNetwork, PeerNetworks, peerNetworks } from '../../src/config/peer-networks.js';

describe('parsePeerNetwork', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1/32'],
    [' 10.0.0.0/8 ', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::1', '::1/128'],
    ['fd00::/8', 'fd00::/8'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1/128'],
  ])('reads %j', (text, network) => {
    expect(parsePeerNetwork(text)).toBe(network);
  });

  it.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.1/33',
    '10.0.0.1/-1',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1/255.0.0.0',
    '010.0.0.1',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.1:7894',
    '*',
    7,
    null,
    ['10.0.0.1'],
  ])('rejects %j', (value) => {
    expect(parsePeerNetwork(value)).toBeUndefined();
  });
});

describe('PeerNetworks', () => {
  const set = (...texts: string[]): PeerNetworks =>
    new PeerNetworks(texts.map((text) => parsePeerNetwork(text)!));

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:11.0.0.1', false],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
  ])('%s with %s: %s', (network, address, isIn) => {
    expect(set(network).has(address)).toBe(isIn);
  });

  it('has no text that is no address', () => {
    for (const text of ['', 'localhost', '10.0.0.1:1', '%eth0'])
      expect(set('0.0.0.0/0', '::/0').has(text)).toBe(false);
  });
});

describe('peerNetworks', () => {
  const schema = peerNetworks({ about: 'x', reloadable: true });

  it('reads a list, and a text from an environment variable', () => {
    expect(schema.parse(['10.0.0.0/8'])).toEqual(['10.0.0.0/8']);
    expect(schema.parse('127.0.0.1, 10.0.0.0/8')).toEqual(['127.0.0.1/32', '10.0.0.0/8']);
  });

  it('admits any address by default and with off', () => {
    for (const value of [undefined, null, false, 'off']) expect(schema.parse(value)).toBeNull();
  });

  it.each([[[]], [''], [['10.0.0.0/8', 'nonsense']], [{}], [7], [true]])('rejects %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});
