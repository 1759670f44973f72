import { NetworkList, normalizeIp } from '../config/network.js';
import { encodeZ85 } from '../config/z85.js';

/** Who may connect to the ROUTER. */
export interface PeerAccess {
  /** IP networks, results of `parseNetwork`. `null`: any address. */
  readonly networks: readonly string[] | null;
  /** Public CURVE keys in Z85. `null`: no CURVE. */
  readonly clients: readonly string[] | null;
}

/** A peer in its handshake, as libzmq describes it. */
export interface ConnectingPeer {
  readonly address: string;
  readonly mechanism: string;
  /** The public key of a peer with CURVE. */
  readonly key?: Buffer | undefined;
}

export const PEER_REFUSALS = ['address', 'key', 'no_curve', 'server_key', 'malformed'] as const;

/**
 * The reason to refuse a peer: its address, its key, no CURVE, a wrong key of this monitor, or a question of libzmq that
 * has another form than ZAP. The counters and the log use these names.
 */
export type PeerRefusal = (typeof PEER_REFUSALS)[number];

/** Bytes of a public CURVE key. */
const KEY_BYTES = 32;

/** Decides which peers may connect. A peer must have an allowed address and, with CURVE, an allowed key. */
export class PeerGate {
  private readonly networks: NetworkList | null;
  private readonly clients: ReadonlySet<string> | null;

  constructor({ networks, clients }: PeerAccess) {
    this.networks = networks && new NetworkList(networks);
    this.clients = clients && new Set(clients);
  }

  /** Returns the reason to refuse a peer, or undefined to admit it. */
  check({ address, mechanism, key }: ConnectingPeer): PeerRefusal | undefined {
    if (this.networks && !this.networks.has(normalizeIp(address) ?? '')) return 'address';
    if (!this.clients) return undefined;
    if (mechanism !== 'CURVE' || key === undefined) return 'no_curve';
    return key.length === KEY_BYTES && this.clients.has(encodeZ85(key)) ? undefined : 'key';
  }
}

/** Whether every peer may connect. */
export function admitsAll({ networks, clients }: PeerAccess): boolean {
  return networks === null && clients === null;
}
