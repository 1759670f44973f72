import { describe, expect, it } from 'vitest';
import { admitsAll, PeerGate, type PeerAccess } from '../../src/broker/peer-gate.js';
import { createCurveKeyPair } from '../../src/config/curve-key.js';
import { decodeZ85 } from '../../src/config/z85.js';

const { publicKey } = createCurveKeyPair();
const key = decodeZ85(publicKey)!;
const other = decodeZ85(createCurveKeyPair().publicKey)!;

describe('PeerGate', () => {
  it.each<[PeerAccess, { address: string; mechanism: string; key?: Buffer }, string | undefined]>([
    [{ networks: null, clients: null }, { address: '', mechanism: 'NULL' }, undefined],
    [{ networks: ['10.0.0.0/8'], clients: null }, { address: '10.1.1.1', mechanism: 'NULL' }, undefined],
    [
      { networks: ['10.0.0.0/8'], clients: null },
      { address: '::ffff:10.1.1.1', mechanism: 'NULL' },
      undefined,
    ],
    [{ networks: ['10.0.0.0/8'], clients: null }, { address: '11.1.1.1', mechanism: 'NULL' }, 'address'],
    [{ networks: ['10.0.0.0/8'], clients: null }, { address: '', mechanism: 'NULL' }, 'address'],
    [{ networks: null, clients: [publicKey] }, { address: '::1', mechanism: 'CURVE', key }, undefined],
    [{ networks: null, clients: [publicKey] }, { address: '::1', mechanism: 'CURVE', key: other }, 'key'],
    [
      { networks: null, clients: [publicKey] },
      { address: '::1', mechanism: 'CURVE', key: key.subarray(1) },
      'key',
    ],
    [{ networks: null, clients: [publicKey] }, { address: '::1', mechanism: 'CURVE' }, 'no_curve'],
    [{ networks: null, clients: [publicKey] }, { address: '::1', mechanism: 'NULL' }, 'no_curve'],
    [{ networks: null, clients: [publicKey] }, { address: '::1', mechanism: 'PLAIN', key }, 'no_curve'],
    [{ networks: null, clients: [] }, { address: '::1', mechanism: 'CURVE', key }, 'key'],
    [{ networks: ['::1/128'], clients: [publicKey] }, { address: '::2', mechanism: 'CURVE', key }, 'address'],
  ])('%j with %j: %s', (access, peer, reason) => {
    expect(new PeerGate(access).check(peer)).toBe(reason);
  });
});

describe('the addresses of PeerGate', () => {
  const admits = (networks: string[], address: string): boolean =>
    new PeerGate({ networks, clients: null }).check({ address, mechanism: 'NULL' }) === undefined;

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['127.0.0.1/32', '127.0.0.2', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', '::ffff:11.0.0.1', false],
  ])('%s with %s: %s', (network, address, isIn) => expect(admits([network], address)).toBe(isIn));

  it.each(['', 'localhost', '10.0.0.1:1', '%eth0'])('are never %j', (text) =>
    expect(admits(['0.0.0.0/0', '::/0'], text)).toBe(false),
  );
});

describe('admitsAll', () => {
  it('is false as soon as one list is set', () => {
    expect(admitsAll({ networks: null, clients: null })).toBe(true);
    expect(admitsAll({ networks: ['::/0'], clients: null })).toBe(false);
    expect(admitsAll({ networks: null, clients: [] })).toBe(false);
  });
});
