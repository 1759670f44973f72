import type { TokenOption } from './authorizer.js';
import type { ConnectionSource, Transport } from './transport.js';

/** The parts of the library that not every stream needs. A build may load their code when a stream needs them. */
export interface StreamParts {
  /** The stream as Server-Sent Events. */
  sse(fetcher: typeof fetch): Transport;
  /**
   * Makes transports ask for a token before they connect.
   * @param fetcher finds out why a transport did not open, if the transport can't tell
   */
  authorizer(option: TokenOption, fetcher: typeof fetch | undefined): (transport: Transport) => Transport;
  /**
   * The first connection is open, and Server-Sent Events are its fallback. A build that loads code on demand loads the
   * fallback now: the network may be gone later, and browsers remember a failed import.
   */
  prepareFallback?(): void;
  /** Lets tabs share a connection. Missing in the single file: there, each tab has its own connection. */
  share?(source: ConnectionSource, url: string): ConnectionSource;
}
