import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings, type Settings } from '../../../src/config/settings.js';
import { AddressLease, chargeInput } from '../../../src/http/addresses/address-lease.js';
import { AddressLimits } from '../../../src/http/addresses/address-limits.js';

const CLIENT = '192.0.2.1';

let settings: Settings['limits'];
let limits: AddressLimits;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  settings = { ...defaultSettings().limits, exempt: [] };
  limits = new AddressLimits(settings);
});
afterEach(() => vi.useRealTimers());

function connect(address = CLIENT): { lease: AddressLease; exceeded: string | undefined } {
  const lease = new AddressLease(limits, address);
  return { lease, exceeded: limits.occupy(lease, address) };
}

function connectMany(count: number, address?: string): (string | undefined)[] {
  return Array.from({ length: count }, () => connect(address).exceeded);
}

describe('connections of an address', () => {
  beforeEach(() => (settings.connections_per_address = 2));

  it('are limited; a connection that closes makes room', () => {
    const first = connect().lease;
    expect(connectMany(2)).toEqual([undefined, 'connections']);
    limits.release(first);
    limits.release(first);
    expect(connect().exceeded).toBe('connections');
    expect(limits.table.find(CLIENT)?.connections).toBe(3);
  });

  it('do not affect other addresses', () => {
    expect(connectMany(3).at(-1)).toBe('connections');
    expect(connect('192.0.2.2').exceeded).toBeUndefined();
  });

  it('of IPv6 count for the /64', () => {
    expect(connectMany(2, '2001:db8::1')).toEqual([undefined, undefined]);
    expect(connect('2001:db8::ffff:2').exceeded).toBe('connections');
    expect(connect('2001:db8:0:1::1').exceeded).toBeUndefined();
  });

  it('are not limited by 0, by an exempt network or by report_only; the last one counts', () => {
    settings.exempt = ['192.0.2.0/24'];
    expect(connectMany(3)).toEqual([undefined, undefined, undefined]);
    settings.exempt = [];
    settings.report_only = true;
    expect(connect().exceeded).toBeUndefined();
    expect(limits.reports.counts.connections).toBe(1);
    settings.report_only = false;
    settings.connections_per_address = 0;
    expect(connect().exceeded).toBeUndefined();
  });

  it('leave nothing behind when they are closed', () => {
    settings.connects_per_second_per_address = 0;
    const leases = ['192.0.2.1', '192.0.2.1', '2001:db8::1'].map((address) => connect(address).lease);
    for (const lease of leases) limits.release(lease);
    expect(limits.table.size).toBe(0);
  });
});

describe('new connections of an address', () => {
  beforeEach(() => (settings.connects_per_second_per_address = 5));

  it('may come in a burst of ten seconds, and then at the rate', () => {
    expect(connectMany(51)).toEqual([...Array<undefined>(50), 'connects']);
    vi.advanceTimersByTime(1000);
    expect(connectMany(6)).toEqual([...Array<undefined>(5), 'connects']);
    expect(limits.reports.counts.connects).toBe(2);
  });

  it('are served again as soon as the rate permits, however many were refused', () => {
    connectMany(1000);
    vi.advanceTimersByTime(200);
    expect(connect().exceeded).toBeUndefined();
  });

  it('have a new rate after a reload', () => {
    connectMany(51);
    settings.connects_per_second_per_address = 0;
    expect(connect().exceeded).toBeUndefined();
  });
});

describe('requests of a client behind a proxy', () => {
  const PROXY = '10.0.0.1';

  function requestMany(count: number, address = CLIENT): (string | undefined)[] {
    const lease = new AddressLease(limits, PROXY);
    return Array.from({ length: count }, () => lease.refusalOf(address, false));
  }

  it('count as new connections of the client, and not of the proxy', () => {
    settings.connects_per_second_per_address = 1;
    expect(requestMany(11).slice(9)).toEqual([undefined, 'connects']);
    expect(connect(CLIENT).exceeded).toBe('connects');
    expect(requestMany(1, '192.0.2.2')).toEqual([undefined]);
    expect(requestMany(20, PROXY).at(-1)).toBeUndefined();
    expect(limits.table.find(PROXY)).toBeUndefined();
  });

  it('have no limit with 0, with an exempt client, and without effect with report_only', () => {
    settings.connects_per_second_per_address = 0;
    expect(requestMany(20).at(-1)).toBeUndefined();
    expect(limits.table.size).toBe(0);
    settings.connects_per_second_per_address = 1;
    settings.report_only = true;
    expect(requestMany(20).at(-1)).toBeUndefined();
    expect(limits.reports.counts.connects).toBe(10);
    settings.report_only = false;
    settings.exempt = [CLIENT];
    expect(requestMany(1)).toEqual([undefined]);
  });
});

describe('requests answered 404', () => {
  beforeEach(() => (settings.not_found_per_second_per_address = 1));

  it('are limited: the address gets no further answers until the rate permits', () => {
    for (let i = 0; i < 11; i++) limits.countNotFound(CLIENT);
    expect(limits.refusesRequest(CLIENT)).toBe('not_found');
    expect(limits.refusesRequest('192.0.2.2')).toBeUndefined();
    vi.advanceTimersByTime(1001);
    expect(limits.refusesRequest(CLIENT)).toBeUndefined();
  });

  it('have no limit with 0, and without effect with report_only', () => {
    for (let i = 0; i < 20; i++) limits.countNotFound(CLIENT);
    settings.report_only = true;
    expect(limits.refusesRequest(CLIENT)).toBeUndefined();
    expect(limits.reports.counts.not_found).toBe(1);
    settings.report_only = false;
    settings.not_found_per_second_per_address = 0;
    expect(limits.refusesRequest(CLIENT)).toBeUndefined();
  });
});

describe('input of an address', () => {
  let socket: PassThrough;
  let received: number;

  beforeEach(() => {
    settings.input_bytes_per_second_per_address = 1000;
    socket = new PassThrough();
    received = 0;
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      chargeInput(socket as unknown as Socket, bytes.length);
    });
    connect().lease.attachTo(socket as unknown as Socket);
  });

  const send = async (bytes: number): Promise<void> => {
    socket.write(Buffer.alloc(bytes));
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('above the limit waits until the rate permits', async () => {
    await send(10_000);
    await send(500);
    expect(received).toBe(10_500);
    await send(500);
    // The HTTP server of Node resumes connections by itself.
    socket.resume();
    await send(500);
    expect(received).toBe(10_500);
    vi.advanceTimersByTime(600);
    await new Promise((resolve) => setImmediate(resolve));
    expect(received).toBeGreaterThan(10_500);
    expect(limits.reports.counts.input).toBeGreaterThan(0);
  });

  it('in small pieces does not wait', async () => {
    await send(20_000);
    const other = new PassThrough();
    connect().lease.attachTo(other as unknown as Socket);
    other.resume();
    chargeInput(other as unknown as Socket, 6);
    expect(other.isPaused()).toBe(false);
  });

  it('does not wait with report_only, and not with 0', async () => {
    settings.report_only = true;
    for (let i = 0; i < 5; i++) await send(10_000);
    expect(received).toBe(50_000);
    settings.report_only = false;
    settings.input_bytes_per_second_per_address = 0;
    await send(10_000);
    expect(received).toBe(60_000);
  });
});

describe('the limit of addresses', () => {
  it('costs no client its connection', () => {
    settings.addresses = 2;
    settings.connections_per_address = 1;
    expect(connectMany(1, '192.0.2.1')).toEqual([undefined]);
    expect(connectMany(1, '192.0.2.2')).toEqual([undefined]);
    const { lease, exceeded } = connect('192.0.2.3');
    expect(exceeded).toBeUndefined();
    limits.release(lease);
    expect([limits.table.size, limits.table.overflows]).toEqual([2, 1]);
  });
});
