import type { IncomingHttpHeaders } from 'node:http';
import { NetworkList, normalizeIp } from '../../config/network.js';
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
   * The address of the client: the nearest hop that is not a trusted proxy. When a trusted proxy does not say who its
   * client is, the address of this proxy.
   *
   * @param peer the other side of the connection, a result of `normalizeIp`
   */
  addressOf(peer: string, headers: IncomingHttpHeaders): string {
    if (!this.isProxy(peer)) return peer;
    // Node joins several headers of these names with commas, in their order.
    const forwardedFor = headers['x-forwarded-for']?.toString();
    const { forwarded } = headers;
    const fromFor =
      forwardedFor === undefined ? undefined : this.client(peer, hopsOfForwardedFor(forwardedFor));
    const fromForwarded = forwarded === undefined ? undefined : this.client(peer, hopsOfForwarded(forwarded));
    if (fromFor !== undefined && fromForwarded !== undefined && fromFor !== fromForwarded)
      // A proxy writes one of the headers and passes the other on as its client wrote it. Nobody knows which.
      return peer;
    return fromFor ?? fromForwarded ?? peer;
  }

  private client(peer: string, hops: Iterable<Hop>): string {
    let nearest = peer;
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
