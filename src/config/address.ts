import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * An address to listen on. The host is an IP address, a host name, an interface name, or `*` for all IPv4 and IPv6
 * addresses. Port 0 stands for any free port.
 */
export interface Address {
  host: string;
  port: number;
  /** The monitor starts without this listener when the address is not available. Only for a default. */
  optional?: true;
}

const ALL = '*';
const MAX_PORT = 65_535;

/** Hosts that stand for all addresses, and the loopback address of the same family. */
const LOOPBACK_OF: ReadonlyMap<string, string> = new Map([
  ['', '127.0.0.1'],
  [ALL, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** Parses `[host, port]` or a text: `host:port`, `[::1]:4567`, `*:4567`. Returns undefined for anything else. */
export function parseAddress(value: unknown): Address | undefined {
  const [rawHost, rawPort] = typeof value === 'string' ? splitText(value) : splitList(value);
  const host = readHost(rawHost);
  const port = readPort(rawPort);
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** Formats an address as `127.0.0.1:4567` or `[::1]:4567`. `parseAddress` returns the same address. */
export function formatAddress({ host, port }: Address): string {
  return `${bracketed(host)}:${port}`;
}

/** The host to which a client on this machine connects: a loopback address when the listener is bound to all addresses. */
export function connectHost(host: string): string {
  return LOOPBACK_OF.get(host) ?? host;
}

/** Whether only this machine can reach a listener with this host. False for a name other than `localhost` and `lo`. */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^(localhost|lo)$/i.test(host) || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The URL of a listener for a browser on this machine. */
export function openableUrl({ host, port }: Address, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://${formatAddress({ host: connectHost(host), port })}/`;
}

/** Resolves an address to the IP addresses to bind, or `*` for all. Rejects with the resolver's error for an unknown name. */
export async function bindHosts({ host }: Address): Promise<[string, ...string[]]> {
  if (host === ALL || isIP(host)) return [host];
  // libzmq, and so the original, accepts an interface name. Node's net.Server and the resolver don't.
  const own = networkInterfaces()[host] ?? [];
  // Binding a link-local address (fe80::) requires its interface.
  const usable = own.filter(({ address }) => !address.toLowerCase().startsWith('fe80:'));
  // IPv4 first: the broker usually connects over IPv4, and port 0 is resolved on the first address.
  const found = usable.length > 0 ? usable : await lookup(host, { all: true });
  const [first, ...others] = [...new Set(found.map(({ address }) => address))].toSorted(
    (a, b) => Number(isIPv6(a)) - Number(isIPv6(b)),
  );
  if (first === undefined) throw new Error(`${host} has no address`);
  return [first, ...others];
}

/** Whether binding failed because this machine does not have the address, for example a machine without IPv6. */
export function isAddressMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The `host` argument of `net.Server.listen` for a result of `bindHosts`. Undefined stands for all addresses. */
export function listenHost(ip: string): string | undefined {
  return ip === ALL ? undefined : ip;
}

/** The ZeroMQ endpoint `tcp://1.2.3.4:7894`, `tcp://[::1]:7894` or `tcp://*:7894`. IPv6 and `*` need the socket option `ipv6`. */
export function zeromqEndpoint(ip: string, port: number): string {
  return `tcp://${bracketed(ip)}:${port}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function splitText(text: string): [unknown?, unknown?] {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return [];
  const host = text.slice(0, colon).trim();
  // Without brackets, `::1:4567` is ambiguous: it is also an IPv6 address.
  return host.includes(':') && !host.startsWith('[') ? [] : [host, text.slice(colon + 1)];
}

function splitList(value: unknown): [unknown?, unknown?] {
  return Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : [];
}

function readHost(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const host = value.trim();
  // In the original's libraries an empty host means all addresses.
  if (host === ALL || host === '') return ALL;
  const literal = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIPv6(literal)) return literal;
  if (isIP(host)) return host;
  // Only digits and dots: an IPv4 address with a typing error, not a name.
  return /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?$/i.test(host) && !/^[\d.]+$/.test(host) ? host : undefined;
}

function readPort(value: unknown): number | undefined {
  const port = typeof value === 'string' && /^\s*\d{1,5}\s*$/.test(value) ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= MAX_PORT
    ? port
    : undefined;
}
