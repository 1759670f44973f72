import type { ServerResponse } from 'node:http';
import type { ApiResource } from './api-resources.js';
import type { ObjectStore, StoredObject } from './object-store.js';

/**
 * Writes the changes of objects as lines of JSON until the client leaves. They start after the parameter `resourceVersion`;
 * without it, or with `sendInitialEvents`, all objects come first.
 */
export function watchObjects(
  store: ObjectStore,
  { plural, kind, apiVersion }: ApiResource,
  parameters: URLSearchParams,
  isWatched: (object: StoredObject) => boolean,
  response: ServerResponse,
): void {
  const write = (type: string, object: object): void => {
    response.write(`${JSON.stringify({ type, object })}\n`);
  };
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  const isList = parameters.get('sendInitialEvents') === 'true';
  const since = parameters.get('resourceVersion');
  if (isList || !since || since === '0') {
    for (const object of store.list(plural).filter(isWatched)) write('ADDED', object);
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const metadata = { resourceVersion: String(store.version), annotations };
    if (isList) write('BOOKMARK', { kind, apiVersion, metadata });
  } else
    for (const change of store.changes.slice(Number(since)))
      if (change.plural === plural && isWatched(change.object)) write(change.type, change.object);
  const end = store.onChange((change) => {
    if (change.plural === plural && isWatched(change.object)) write(change.type, change.object);
  });
  const seconds = Number(parameters.get('timeoutSeconds') ?? 0);
  const timer = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined;
  response.on('close', () => {
    clearTimeout(timer);
    end();
  });
}
