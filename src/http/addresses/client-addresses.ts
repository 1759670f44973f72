import type { IncomingHttpHeaders } from 'node:http';
import { NetworkList, normalizeIp } from '../../config/network.js';
import type { LocatedClient } from './client-source.js';
import { hopsOfForwarded, hopsOfForwardedFor, type Hop } from './forwarded.js';

/** Finds the address of a client behind trusted proxies. Only a trusted proxy may say who its client is. */
export class ClientAddresses {
  private proxies = new NetworkList([]);

  /** @param settings read with each request, so that a reload of `trusted_proxies` takes effect */
  constructor(private readonly settings: { readonly trusted_proxies: readonly string[] }) {}

  /** @param address a result of `normalizeIp` */
  isProxy(address: string): boolean {
    const { trusted_proxies } = this.settings;
    if (!this.proxies.isOf(trusted_proxies)) this.proxies = new NetworkList(trusted_proxies);
    return this.proxies.has(address);
  }

  /**
   * Finds the client: the nearest hop that is not a trusted proxy. When a trusted proxy does not say who its client is,
   * the address of this proxy.
   *
   * @param peer the other side of the connection, a result of `normalizeIp`
   */
  locate(peer: string, headers: IncomingHttpHeaders): LocatedClient {
    // Node joins several headers of these names with commas, in their order.
    const forwardedFor = headers['x-forwarded-for']?.toString();
    const { forwarded } = headers;
    const hasHeader = forwardedFor !== undefined || forwarded !== undefined;
    if (!this.isProxy(peer)) return { address: peer, source: hasHeader ? 'untrusted-header' : 'connection' };
    if (!hasHeader) return { address: peer, source: 'missing-header' };
    const fromFor = forwardedFor === undefined ? undefined : this.client(hopsOfForwardedFor(forwardedFor));
    const fromForwarded = forwarded === undefined ? undefined : this.client(hopsOfForwarded(forwarded));
    if (fromFor !== undefined && fromForwarded !== undefined && fromFor !== fromForwarded)
      // A proxy writes one of the headers and passes the other on as its client wrote it. Nobody knows which.
      return { address: peer, source: 'unclear-header' };
    const address = fromFor ?? fromForwarded;
    return address ? { address, source: 'header' } : { address: peer, source: 'unclear-header' };
  }

  /** The nearest hop that is not a trusted proxy. `null`: the nearest hop is no address. */
  private client(hops: Iterable<Hop>): string | null {
    let nearest: string | null = null;
    for (const hop of hops) {
      if (hop === undefined) return nearest;
      nearest = hop;
      if (!this.isProxy(hop)) return nearest;
    }
    return nearest;
  }
}

/** The address of the other side of a connection; empty when the connection is closed. */
export function peerAddress(socket: { readonly remoteAddress?: string | undefined }): string {
  const address = socket.remoteAddress ?? '';
  // Nearly all peers: no need to check what the system reports.
  return address.includes(':') ? (normalizeIp(address) ?? '') : address;
}
