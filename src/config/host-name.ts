import { isIP } from 'node:net';
import { normalizeIp } from './network.js';

/** The wildcard of a pattern. */
const WILDCARD = '*.';

/** Labels of letters, digits, `-` and `_`, as the URL parser writes them. */
const DNS_NAME = /^[a-z\d_]([a-z\d_-]*[a-z\d_])?(\.[a-z\d_]([a-z\d_-]*[a-z\d_])?)*$/;

/** Parts of a URL that a host can't contain. The URL parser would move them into other fields, or remove them. */
const OTHER_PARTS = /[/?#@\\\s]/;

/** An IPv6 address with brackets and perhaps a port. */
const BRACKETED = /^\[(.*)\](?::\d*)?$/;

/**
 * The host in the header `Host` or in the authority of a URL, as browsers write it: in lower case, without port and
 * brackets, without the dot at the end. Any form of an IP address becomes the usual one. `undefined`: no valid host.
 */
export function hostNameOf(authority: string): string | undefined {
  // The URL parser rejects an address with a zone, and an IPv6 address without brackets.
  const address = normalizeIp(BRACKETED.exec(authority)?.[1] ?? authority);
  if (address !== undefined) return address;
  const url = `http://${authority}`;
  if (OTHER_PARTS.test(authority) || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/**
 * Parses a DNS name (`monitor.example.org`), or a pattern for all subdomains (`*.example.org`). Returns the name as
 * browsers send it, and undefined for anything else, such as a name with a port.
 */
export function parseHostName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const isPattern = text.startsWith(WILDCARD);
  const host = isPattern ? text.slice(WILDCARD.length) : text;
  // A port would have no effect, so it is rejected.
  const name = host.includes(':') ? undefined : hostNameOf(host);
  if (name === undefined || isIP(name) || !DNS_NAME.test(name)) return undefined;
  return isPattern ? WILDCARD + name : name;
}

/** Whether a name is the name of `pattern`, or a subdomain if `pattern` begins with `*.`. */
export function matchesHostName(pattern: string, name: string): boolean {
  return pattern.startsWith(WILDCARD) ? name.endsWith(pattern.slice(1)) : name === pattern;
}
