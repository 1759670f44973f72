import type { StreamParts } from './stream-parts.js';
import type { Transport } from './transport.js';

/** Loads each part as a separate chunk when a stream first connects with it. */
export const LAZY_PARTS: StreamParts = {
  sse: (fetcher) => lazyTransport(async () => (await import('./sse-transport.js')).sseTransport(fetcher)),
  authorizer: (option, fetcher) => {
    // One authorizer serves all transports of a stream, because it remembers a refused token.
    const load = once(async () => (await import('./authorizer.js')).authorizer(option, fetcher));
    return (transport) => lazyTransport(async () => (await load())(transport));
  },
  share: (source, url) => {
    const load = once(async () => new (await import('./shared-connector.js')).SharedConnector(source, url));
    return {
      async connect(position, listener, signal) {
        // Without the chunk, this tab has its own connection.
        const shared = await load().catch(() => source);
        return signal.aborted ? 'timeout' : shared.connect(position, listener, signal);
      },
    };
  },
};

/** Loads the code of a transport with the first connection. A chunk that can't be loaded counts as a lost connection. */
function lazyTransport(load: () => Promise<Transport>): Transport {
  const loadOnce = once(load);
  return async (request, listener) => {
    const transport = await loadOnce();
    return request.signal.aborted ? 'timeout' : transport(request, listener);
  };
}

/** Remembers the result, but not a failure: the next attempt loads again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return async () => {
    try {
      return await (loading ??= load());
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}
