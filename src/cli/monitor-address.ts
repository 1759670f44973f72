import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connectHost, formatAddress, type Address } from '../config/address.js';
import type { Settings } from '../config/settings.js';

/**
 * The address to which a client on this machine connects for a configured address. Undefined for port 0, which stands
 * for any free port: only the monitor knows the actual port.
 */
export function connectAddress({ host, port }: Address): Address | undefined {
  if (port === 0) return undefined;
  return { host: addressOfInterface(host) ?? connectHost(host), port };
}

/** The ZeroMQ endpoint of an address. A host name resolves to its IPv4 address, if any. */
export async function connectEndpoint({ host, port }: Address): Promise<string> {
  const ip = isIP(host) ? host : (await lookup(host, { verbatim: false })).address;
  return `tcp://${formatAddress({ host: ip, port })}`;
}

/** The base URL of the monitor's public listener at an address: `https` or `wss` when it has a certificate. */
export function baseUrl(scheme: 'http' | 'ws', address: Address, { cert }: Settings['tls']): string {
  return `${scheme}${cert === null ? '' : 's'}://${formatAddress(address)}`;
}

// libzmq, and so the original, accepts an interface name as host. A resolver doesn't know such a name.
function addressOfInterface(host: string): string | undefined {
  const addresses = networkInterfaces()[host];
  return (addresses?.find(({ family }) => family === 'IPv4') ?? addresses?.[0])?.address;
}
