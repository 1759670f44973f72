import type { Liveness, LoseConnection } from './liveness.js';
import type { WatchOptions } from './options.js';
import type { ConnectionSource, Transport } from './transport.js';

/** The parts of the library that a stream does not need for its first WebSocket. */
export interface StreamParts {
  /** The stream as Server-Sent Events. */
  sseTransport(options: WatchOptions): Transport;
  /** Makes transports ask for a token before they connect. */
  authorizer(options: WatchOptions): (transport: Transport) => Transport;
  readonly createLiveness: (lose: LoseConnection) => Liveness;
  /** Lets tabs share a connection. Missing in the single file: there, each tab has its own connection. */
  share?(source: ConnectionSource, url: string): ConnectionSource;
}

/** The options of the user, with the parts of the build. */
export interface StreamOptions extends WatchOptions {
  /** The single file contains the parts. The package loads a chunk; it rejects if the chunk can't be loaded. */
  readonly load: () => Promise<StreamParts>;
}
