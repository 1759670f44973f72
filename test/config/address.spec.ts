import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  bindHosts,
  connectHost,
  formatAddress,
  listenHost,
  openableUrl,
  parseAddress,
  zeromqEndpoint,
} from '../../src/config/address.js';

describe('An address', () => {
  it.each([
    ['127.0.0.1:4567', { host: '127.0.0.1', port: 4567 }],
    ['[::1]:4567', { host: '::1', port: 4567 }],
    ['*:0', { host: '*', port: 0 }],
    ['monitor.example.org:80', { host: 'monitor.example.org', port: 80 }],
  ])('is parsed from the text %j and formatted as the same text', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  it('with an empty host stands for all addresses, as in the original', () => {
    for (const value of [':80', ['', 80], ['', '80'], [' ', 80]])
      expect(parseAddress(value)).toEqual({ host: '*', port: 80 });
    for (const value of ['', ':', '80', [], ['']]) expect(parseAddress(value)).toBeUndefined();
  });

  it('is parsed from a list, with or without the brackets of IPv6', () => {
    expect(parseAddress(['::1', '80'])).toEqual({ host: '::1', port: 80 });
    expect(parseAddress(['[::1]', 80])).toEqual({ host: '::1', port: 80 });
  });

  it('is bound on the IP addresses of its name', async () => {
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
  it.runIf(loopback)('may be an interface name, as for libzmq', async () => {
    const ips = await bindHosts({ host: loopback?.[0] ?? '', port: 1 });
    expect(ips).toEqual((loopback?.[1] ?? []).map(({ address }) => address));
  });

  it('is converted to the forms of libzmq and Node', () => {
    expect(zeromqEndpoint('1.2.3.4', 7894)).toBe('tcp://1.2.3.4:7894');
    expect(zeromqEndpoint('::1', 7894)).toBe('tcp://[::1]:7894');
    expect(zeromqEndpoint('*', 7894)).toBe('tcp://*:7894');
    expect(listenHost('*')).toBeUndefined();
    expect(listenHost('::1')).toBe('::1');
  });

  it.each([
    ['*', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('bound to %s is reached on this machine at %s', (host, connected) => {
    expect(connectHost(host)).toBe(connected);
    expect(openableUrl({ host, port: 80 })).toBe(`http://${formatAddress({ host: connected, port: 80 })}/`);
  });
});
