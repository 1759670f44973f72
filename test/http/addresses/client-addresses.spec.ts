import { describe, expect, it } from 'vitest';
import { ClientAddresses } from '../../../src/http/addresses/client-addresses.js';

const PROXY = '10.0.0.1';
const clients = new ClientAddresses({ trusted_proxies: ['10.0.0.0/8', '2001:db8:f::/48'] });

function behindProxy(headers: Record<string, string>): string {
  return clients.locate(PROXY, headers).address;
}

describe('a peer that is not a trusted proxy', () => {
  it.each([
    { 'x-forwarded-for': '192.0.2.1' },
    { forwarded: 'for=192.0.2.1' },
    { 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1' },
  ])('counts for itself, whatever it claims: %j', (headers) => {
    expect(clients.locate('203.0.113.9', headers).address).toBe('203.0.113.9');
  });

  it('counts for itself by default, even on loopback', () => {
    const untrusting = new ClientAddresses({ trusted_proxies: [] });
    expect(untrusting.locate('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' }).address).toBe('127.0.0.1');
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['198.51.100.66, 192.0.2.1', '192.0.2.1'],
    ['192.0.2.1, 10.0.0.7', '192.0.2.1'],
    ['198.51.100.66, 192.0.2.1, 10.0.0.7,10.0.0.8', '192.0.2.1'],
    ['10.0.0.9, 192.0.2.1', '192.0.2.1'],
    ['10.0.0.9, 10.0.0.7', '10.0.0.9'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1, 2001:db8:f::7', '192.0.2.1'],
    // The proxy does not say who its client is.
    ['', PROXY],
    ['192.0.2.1, unknown', PROXY],
    ['192.0.2.1,', PROXY],
    ['192.0.2.1, 10.0.0.7, junk, 10.0.0.8', '10.0.0.8'],
    ['[192.0.2.1]', PROXY],
    ['192.0.2.1 192.0.2.2', PROXY],
    ['192.0.2.1.', PROXY],
  ])('%j from a trusted proxy names %s', (header, address) => {
    expect(behindProxy({ 'x-forwarded-for': header })).toBe(address);
  });
});

describe('Forwarded', () => {
  it.each([
    ['for=192.0.2.1', '192.0.2.1'],
    ['For="[2001:db8::1]:4711"', '2001:db8::1'],
    ['for="[2001:db8::1]";proto=https;by=10.0.0.1', '2001:db8::1'],
    ['proto=https; for = "192.0.2.1:4711" ; host="a,b"', '192.0.2.1'],
    ['for=198.51.100.66, for=192.0.2.1', '192.0.2.1'],
    ['for=192.0.2.1, for=10.0.0.7;proto=http', '192.0.2.1'],
    // What a client wrote before its proxy must not change the meaning of what the proxy wrote.
    ['for=", for=192.0.2.1', '192.0.2.1'],
    ['for="198.51.100.66, for="[2001:db8::1]"', '2001:db8::1'],
    ['for="a\\", for=192.0.2.1', '192.0.2.1'],
    // Obfuscated, unknown or missing.
    ['for=_hidden', PROXY],
    ['for="_hidden:_port"', PROXY],
    ['for=unknown', PROXY],
    ['for=192.0.2.1, for=_hidden, for=10.0.0.7', '10.0.0.7'],
    ['proto=https;by=192.0.2.1', PROXY],
    ['xfor=192.0.2.1', PROXY],
    ['for=2001:db8::1:99999', PROXY],
    ['', PROXY],
  ])('%j from a trusted proxy names %s', (header, address) => {
    expect(behindProxy({ forwarded: header })).toBe(address);
  });
});

describe('both headers', () => {
  it('count when they name the same client', () => {
    expect(behindProxy({ 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' })).toBe('192.0.2.1');
  });

  it('count for the proxy when they differ, because a client may have sent one of them', () => {
    expect(behindProxy({ 'x-forwarded-for': '192.0.2.1', forwarded: 'for=198.51.100.66' })).toBe(PROXY);
    expect(behindProxy({ 'x-forwarded-for': '198.51.100.66', forwarded: 'for=192.0.2.1' })).toBe(PROXY);
  });
});

it('a change of trusted_proxies takes effect at once', () => {
  const settings = { trusted_proxies: [] as string[] };
  const reloaded = new ClientAddresses(settings);
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  expect(reloaded.locate(PROXY, headers).address).toBe(PROXY);
  settings.trusted_proxies = ['10.0.0.1/32'];
  expect(reloaded.locate(PROXY, headers).address).toBe('192.0.2.1');
  settings.trusted_proxies = [];
  expect(reloaded.locate(PROXY, headers).address).toBe(PROXY);
});

it('a long header of hostile content takes no noticeable time', () => {
  const start = performance.now();
  for (const text of [',', '"', ' ', ';', '10.0.0.1,', 'for=10.0.0.1,', 'for="', '\\"', '; for ']) {
    const header = text.repeat(16_384 / text.length);
    behindProxy({ forwarded: header });
    behindProxy({ 'x-forwarded-for': header });
  }
  expect(performance.now() - start).toBeLessThan(500);
});

describe('the source of an address', () => {
  it.each<[string, string, Record<string, string>]>([
    ['connection', '203.0.113.9', {}],
    ['untrusted-header', '203.0.113.9', { 'x-forwarded-for': '192.0.2.1' }],
    ['untrusted-header', '203.0.113.9', { forwarded: 'for=192.0.2.1' }],
    ['missing-header', PROXY, {}],
    ['header', PROXY, { 'x-forwarded-for': '192.0.2.1' }],
    ['header', PROXY, { forwarded: 'for=10.0.0.7' }],
    ['header', PROXY, { 'x-forwarded-for': PROXY }],
    ['unclear-header', PROXY, { 'x-forwarded-for': 'unknown' }],
    ['unclear-header', PROXY, { 'x-forwarded-for': '' }],
    ['unclear-header', PROXY, { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.2' }],
  ])('is %s for the peer %s with %j', (source, peer, headers) => {
    expect(clients.locate(peer, headers).source).toBe(source);
  });
});
