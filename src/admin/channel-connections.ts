import type { ConnectionKind } from '../gateway/connection-counters.js';
import type { ClientSource } from '../http/addresses/client-source.js';

/** The clients that watch a channel. */
export interface ChannelConnections {
  /** The oldest connections, at most 1,000. */
  readonly connections: readonly {
    readonly kind: ConnectionKind;
    readonly address: string;
    readonly source: ClientSource;
  }[];
  /** The number of all connections. */
  readonly total: number;
}
