import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';

/** An IPv6 address that contains an IPv4 address, as a socket for both families reports it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Bits before the IPv4 address in a mapped address. */
const MAPPED_BITS = 96;

const DOT = 0x2e;
const ZERO = 0x30;

/** Numbers of at most 32 bits that begin with the same bits. */
interface Range {
  readonly base: number;
  readonly mask: number;
}

/** Addresses of networks (CIDR). */
export class NetworkList {
  private readonly ipv4: Range[] = [];
  // Node's BlockList takes 3 us for a check. The first 16 bits already exclude nearly all addresses.
  private readonly firstHextets: Range[] = [];
  private readonly ipv6 = new BlockList();

  /** @param networks results of `parseNetwork` */
  constructor(private readonly networks: readonly string[]) {
    for (const network of networks) {
      const [address, length] = network.split('/');
      const bits = Number(length);
      if (isIPv4(address!)) {
        this.ipv4.push(rangeOf(numberOf(address!), 32 - bits));
      } else {
        this.ipv6.addSubnet(address!, bits, 'ipv6');
        this.firstHextets.push(rangeOf(firstHextetOf(address!), Math.max(0, 16 - bits)));
      }
    }
  }

  /** Whether the list was made of this configuration value. A reload replaces the value. */
  isOf(networks: readonly string[]): boolean {
    return this.networks === networks;
  }

  /** @param address a result of `normalizeIp`; empty: not known */
  has(address: string): boolean {
    if (this.networks.length === 0 || address === '') return false;
    if (!address.includes(':')) return isWithin(numberOf(address), this.ipv4);
    return isWithin(firstHextetOf(address), this.firstHextets) && this.ipv6.check(address, 'ipv6');
  }
}

/**
 * Parses a network such as `10.0.0.0/8`, or a single IP address. Returns the network with its prefix length, and
 * undefined for anything else.
 */
export function parseNetwork(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [, host = '', length] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(value.trim()) ?? [];
  const address = normalizeIp(host);
  if (address === undefined) return undefined;
  const family = isIP(host) === 4 ? 32 : 128;
  const bits = length === undefined ? family : Number(length);
  const isMapped = family === 128 && isIPv4(address);
  const ownBits = isMapped ? bits - MAPPED_BITS : bits;
  return bits <= family && ownBits >= 0 ? `${address}/${ownBits}` : undefined;
}

/**
 * The usual form of an IP address: the shortest one in lower case (RFC 5952), an IPv4-mapped IPv6 address as IPv4, without
 * an IPv6 zone. `undefined`: the text is not an IP address.
 */
export function normalizeIp(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  switch (isIP(address)) {
    case 4:
      return zone < 0 ? address : undefined;
    case 6:
      return shortestForm(address);
    default:
      return undefined;
  }
}

/** An IPv6 address as the kernel writes it. A proxy may write it in another form. */
function shortestForm(text: string): string {
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  return MAPPED.exec(address)?.[1] ?? address;
}

/** The numbers that differ from `value` only in the last `free` bits. */
function rangeOf(value: number, free: number): Range {
  const mask = free === 32 ? 0 : -1 << free;
  return { base: value & mask, mask };
}

function isWithin(value: number, ranges: readonly Range[]): boolean {
  return ranges.some(({ base, mask }) => (value & mask) === base);
}

/** The first 16 bits of an IPv6 address. */
function firstHextetOf(address: string): number {
  return Number.parseInt(address, 16) || 0;
}

/** The 32 bits of an IPv4 address. Without `split`, because each new connection is checked. */
function numberOf(address: string): number {
  let value = 0;
  let part = 0;
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      value = (value << 8) | part;
      part = 0;
    } else {
      part = part * 10 + code - ZERO;
    }
  }
  return (value << 8) | part;
}
