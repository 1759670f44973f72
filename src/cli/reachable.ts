import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { formatAddress, type Address } from '../config/address.js';

/** Hosts that stand for all addresses when they are bound, and where a client on the same machine connects instead. */
const LOOPBACKS = new Map([
  ['', '127.0.0.1'],
  ['*', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/**
 * Where a client on this machine connects to a configured address. Port 0 stands for any free port: only the monitor
 * knows which, and the result is undefined.
 */
export function reachable({ host, port }: Address): Address | undefined {
  if (port === 0) return undefined;
  const loopback = LOOPBACKS.get(host);
  return { host: loopback ?? addressOfInterface(host) ?? host, port };
}

/** The ZeroMQ endpoint of an address that can be connected to. A name becomes an IPv4 address when it has one. */
export async function endpointOf({ host, port }: Address): Promise<string> {
  const ip = isIP(host) ? host : (await lookup(host, { verbatim: false })).address;
  return `tcp://${formatAddress({ host: ip, port })}`;
}

/** The base URL of the monitor's public listener. */
export function baseUrl(scheme: 'http' | 'ws', address: Address): string {
  return `${scheme}://${formatAddress(address)}`;
}

// The original's libzmq takes the name of a network interface as a host; no resolver knows such a name.
function addressOfInterface(host: string): string | undefined {
  const own = networkInterfaces()[host];
  return (own?.find(({ family }) => family === 'IPv4') ?? own?.[0])?.address;
}
