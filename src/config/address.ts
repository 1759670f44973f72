import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where to listen: host is an IP address, a host or interface name, or `*` for all, IPv6 included; port 0 takes any free one. */
export interface Address {
  host: string;
  port: number;
  /** Only a default: the monitor starts without this listener when the address can't be had. */
  optional?: true;
}

const ALL = '*';
const MAX_PORT = 65_535;

/** Reads `[host, port]`, or one text: `host:port`, `[::1]:4567`, `*:4567`. Anything else gives undefined. */
export function parseAddress(value: unknown): Address | undefined {
  const [rawHost, rawPort] = typeof value === 'string' ? splitText(value) : splitList(value);
  const host = readHost(rawHost);
  const port = readPort(rawPort);
  return host === undefined || port === undefined ? undefined : { host, port };
}

/** `127.0.0.1:4567`, `[::1]:4567`: reads back to the same address. */
export function formatAddress({ host, port }: Address): string {
  return `${bracketed(host)}:${port}`;
}

/** Where a browser on this machine reaches a listener: an address that stands for all is no address to open. */
export function openableUrl({ host, port }: Address): string {
  const reachable = new Map([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '::1'],
  ]);
  return `http://${formatAddress({ host: reachable.get(host) ?? host, port })}/`;
}

/** The IP addresses to bind, or `*` for all; rejects with the resolver's error for a name that has none. */
export async function bindHosts({ host }: Address): Promise<[string, ...string[]]> {
  if (host === ALL || isIP(host)) return [host];
  // The original's libzmq takes the name of an interface; net.Server does not, and neither does the resolver.
  const own = networkInterfaces()[host] ?? [];
  // A link-local address (fe80::) is bound only together with its interface.
  const usable = own.filter(({ address }) => !address.toLowerCase().startsWith('fe80:'));
  // IPv4 first: port 0 is then chosen there, where the broker's configuration usually points to.
  const found = usable.length > 0 ? usable : await lookup(host, { all: true });
  const [first, ...others] = [...new Set(found.map(({ address }) => address))].toSorted(
    (a, b) => Number(isIPv6(a)) - Number(isIPv6(b)),
  );
  if (first === undefined) throw new Error(`${host} has no address`);
  return [first, ...others];
}

/** Whether a machine without IPv6 refuses an address for that reason, as it may with one of a name that has several. */
export function isAddressMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What `net.Server.listen` takes as host for a result of `bindHosts`: all addresses are said by leaving it out. */
export function listenHost(ip: string): string | undefined {
  return ip === ALL ? undefined : ip;
}

/** `tcp://1.2.3.4:7894`, `tcp://[::1]:7894` or `tcp://*:7894`; an IPv6 one and `*` need the socket's `ipv6` option. */
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
  // `::1:4567` is an IPv6 address too: without brackets nobody can tell where the port begins.
  return host.includes(':') && !host.startsWith('[') ? [] : [host, text.slice(colon + 1)];
}

function splitList(value: unknown): [unknown?, unknown?] {
  return Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : [];
}

function readHost(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const host = value.trim();
  // The original's libraries take an empty host for all addresses.
  if (host === ALL || host === '') return ALL;
  const literal = /^\[(.*)\]$/.exec(host)?.[1] ?? host;
  if (isIPv6(literal)) return literal;
  if (isIP(host)) return host;
  // What is made of digits and dots only can't be a name: it is an IPv4 address with a slip in it.
  return /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?$/i.test(host) && !/^[\d.]+$/.test(host) ? host : undefined;
}

function readPort(value: unknown): number | undefined {
  const port = typeof value === 'string' && /^\s*\d{1,5}\s*$/.test(value) ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= MAX_PORT
    ? port
    : undefined;
}
