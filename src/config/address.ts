import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where to listen: host is an IP address, a host or interface name, or `*` for all; port 0 takes any free one. */
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

/** The IP address to bind, or `*` for all; rejects with the resolver's error for a name that has none. */
export async function bindHost({ host }: Address): Promise<string> {
  if (host === ALL || isIP(host)) return host;
  // The original's libzmq takes the name of an interface; net.Server does not, and neither does the resolver.
  const own = networkInterfaces()[host];
  const found = own?.find(({ family }) => family === 'IPv4') ?? own?.[0];
  if (found) return found.address;
  // IPv4 first: the broker's configuration says 127.0.0.1 where ours may say localhost.
  return (await lookup(host, { verbatim: false })).address;
}

/** What `net.Server.listen` takes as host for the result of `bindHost`: all addresses are said by leaving it out. */
export function listenHost(ip: string): string | undefined {
  return ip === ALL ? undefined : ip;
}

/** `tcp://1.2.3.4:7894`, `tcp://[::1]:7894` or `tcp://*:7894`; an IPv6 one needs the socket's `ipv6` option. */
export function zeromqEndpoint(ip: string, port: number): string {
  return `tcp://${bracketed(ip)}:${port}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function splitText(text: string): [unknown?, unknown?] {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(colon, 0)).trim();
  // `::1:4567` is an IPv6 address too: without brackets nobody can tell where the port begins.
  return host.includes(':') && !host.startsWith('[') ? [] : [host, text.slice(colon + 1)];
}

function splitList(value: unknown): [unknown?, unknown?] {
  return Array.isArray(value) && value.length === 2 ? [value[0], value[1]] : [];
}

function readHost(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const host = value.trim();
  if (host === ALL) return host;
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
