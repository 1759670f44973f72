import type { Socket } from 'node:net';
import type { AddressEntry } from './address-table.js';
import type { AddressLimits } from './address-limits.js';
import type { AddressLimit } from './address-reports.js';

const LEASE = Symbol('address lease');

type LeasedSocket = Socket & { [LEASE]?: AddressLease; readonly _parent?: LeasedSocket | null };

/** What one connection takes from the limits of its address. */
export class AddressLease {
  /** The address that the connection counts for. `undefined`: the connection of a proxy, until it carries a stream. */
  entry: AddressEntry | undefined;
  /** The limit that the connection exceeded when it came: its requests are refused. */
  exceeded: AddressLimit | undefined;
  /** `limits.exempt` contains the address. */
  exempt = false;
  /** `peer` comes from a header of the PROXY protocol. */
  isReported = false;

  /** @param peer the other side of the connection, or the client that it reports in a header of the PROXY protocol */
  constructor(
    readonly limits: AddressLimits,
    public peer: string,
  ) {}

  /** The lease of a connection; of a TLS connection, the lease of the TCP connection below. */
  static of(socket: LeasedSocket): AddressLease | undefined {
    const own = socket[LEASE];
    if (own) return own;
    const below = socket._parent?.[LEASE];
    return below && (socket[LEASE] = below);
  }

  /**
   * The limit that refuses a request of this connection. A stream of a client behind a proxy counts as a connection of
   * this client from here on.
   *
   * @param address the client that sent the request
   */
  refusalOf(address: string, isStream: boolean): AddressLimit | undefined {
    if (this.exceeded) return this.exceeded;
    if (!isStream) {
      const isProxied = address !== this.peer;
      const refusal = isProxied ? this.limits.refusesProxiedRequest(address) : undefined;
      return refusal ?? this.limits.refusesRequest(address);
    }
    if (this.entry) return undefined;
    const exceeded = this.limits.occupy(this, address);
    if (exceeded) this.limits.release(this);
    return exceeded;
  }

  attachTo(socket: LeasedSocket): void {
    socket[LEASE] = this;
  }
}

/** Counts input of a connection. Pauses the connection while its address sends more than it may. */
export function chargeInput(socket: Socket, bytes: number): void {
  const lease = AddressLease.of(socket);
  if (lease?.entry && !lease.exempt) lease.limits.charge(lease.entry, socket, bytes);
}
