// A chunk of the package: what a stream loads while its first attempt runs.
import type { ConnectionSource } from './transport.js';

export { authorizer } from './authorizer.js';
export { createLiveness } from './liveness.js';
export { sseTransport } from './sse-transport.js';

/** Loads the code when a stream first connects. */
export function share(source: ConnectionSource, url: string): ConnectionSource {
  return async (...request) => {
    const connect = await import('./shared-connector.js').then(
      ({ shareConnection }) => shareConnection(source, url),
      // Without the chunk, this tab has its own connection.
      () => source,
    );
    return connect(...request);
  };
}
