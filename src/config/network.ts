import { BlockList, isIP, isIPv4 } from 'node:net';

/** An IPv6 address that contains an IPv4 address, as a socket for both families reports it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** Bits before the IPv4 address in a mapped address. */
const MAPPED_BITS = 96;

/** Addresses of networks (CIDR). */
export class NetworkList {
  // Node's BlockList creates objects for each check. It is used for IPv6 only.
  private readonly ipv4: { readonly base: number; readonly mask: number }[] = [];
  private readonly ipv6 = new BlockList();

  /** @param networks results of `parseNetwork` */
  constructor(private readonly networks: readonly string[]) {
    for (const network of networks) {
      const [address, length] = network.split('/');
      const bits = Number(length);
      if (!isIPv4(address!)) this.ipv6.addSubnet(address!, bits, 'ipv6');
      else {
        const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
        this.ipv4.push({ base: (numberOf(address!) & mask) >>> 0, mask });
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
    if (address.includes(':')) return this.ipv6.check(address, 'ipv6');
    const value = numberOf(address);
    return this.ipv4.some(({ base, mask }) => (value & mask) >>> 0 === base);
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
 * The usual form of an IP address: lower case, an IPv4-mapped IPv6 address as IPv4, without an IPv6 zone. `undefined`:
 * the text is not an IP address.
 */
export function normalizeIp(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  switch (isIP(address)) {
    case 4:
      return zone < 0 ? address : undefined;
    case 6:
      return MAPPED.exec(address)?.[1] ?? address.toLowerCase();
    default:
      return undefined;
  }
}

/** The 32 bits of an IPv4 address. */
function numberOf(address: string): number {
  let value = 0;
  for (const part of address.split('.')) value = value * 256 + Number(part);
  return value;
}
