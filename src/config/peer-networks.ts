import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { keyDocs } from './kinds.js';
import { isOff } from './read-value.js';

const EXPECTED = 'a list of IP addresses and networks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8, or off';

/** A set of IP addresses and networks. An IPv4 address and the same address mapped to IPv6 are equal. */
export class PeerNetworks {
  private readonly list = new BlockList();

  /** @param networks in the form that `parsePeerNetwork` returns */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address, prefix] = network.split('/');
      this.list.addSubnet(address!, Number(prefix), familyOf(address!));
    }
  }

  /** Whether the set contains an address. A text that is no IP address is in no set. */
  has(address: string): boolean {
    // The address of a link-local peer ends with the name of the interface.
    const [ip = ''] = address.split('%');
    return isIP(ip) !== 0 && this.list.check(ip, familyOf(ip));
  }
}

/** Parses an IP address or a network. Returns it as `address/prefix`, and undefined for anything else. */
export function parsePeerNetwork(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [address = '', prefix, ...rest] = value.trim().split('/');
  if (isIP(address) === 0 || address.includes('%') || rest.length > 0) return undefined;
  const bits = isIPv6(address) ? 128 : 32;
  if (prefix === undefined) return `${address}/${bits}`;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? `${address}/${Number(prefix)}` : undefined;
}

/** A list of IP addresses and networks, or null (the default) for any address. */
export function peerNetworks({ about, reloadable }: { about: string; reloadable: boolean }) {
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      const items: unknown = typeof value === 'string' ? value.split(',') : value;
      const parsed = Array.isArray(items) ? items.map(parsePeerNetwork) : [];
      const known = parsed.filter((item) => item !== undefined);
      // An empty list could mean any address or none, so it is rejected.
      if (known.length > 0 && known.length === parsed.length) return known;
      context.addIssue({ code: 'custom', message: EXPECTED });
      return z.NEVER;
    })
    .default(null)
    .register(keyDocs, {
      type: 'list of networks, or off',
      expected: EXPECTED,
      about,
      reloadable,
      defaultNote: 'any address',
    });
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
