import type { StreamParts } from './stream-parts.js';

/**
 * Loads each part as a separate chunk when a stream first connects with it. A chunk that can't be loaded counts as a lost
 * connection.
 */
export const LAZY_PARTS: StreamParts = {
  sse: (fetcher) => async (request, listener) => {
    const { sseTransport } = await import('./sse-transport.js');
    return sseTransport(fetcher)(request, listener);
  },
  // A failure is reported by the connection that needs the chunk.
  prepareFallback: () => void import('./sse-transport.js').catch(() => {}),
  authorizer: (option, fetcher) => {
    // One authorizer serves all transports of a stream, because it remembers a refused token.
    let authorize: ReturnType<StreamParts['authorizer']> | undefined;
    return (transport) => async (request, listener) => {
      const { authorizer } = await import('./authorizer.js');
      authorize ??= authorizer(option, fetcher);
      return authorize(transport)(request, listener);
    };
  },
  share: (source, url) => ({
    async connect(...request) {
      // Without the chunk, this tab has its own connection.
      const chunk = await import('./shared-connector.js').catch(() => undefined);
      return (chunk ? new chunk.SharedConnector(source, url) : source).connect(...request);
    },
  }),
};
