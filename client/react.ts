import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { WatchOptions } from './client.js';
import { NO_PROGRESS, ProgressStore, type Progress } from './progress-store.js';

export type { Progress } from './progress-store.js';

/** Options of `useProgress`. */
export type UseProgressOptions = Pick<WatchOptions, 'token' | 'transport' | 'WebSocket' | 'fetch'>;

/**
 * The progress of the job behind a URL: `summary`, `state`, `retryAt`, `lostReason`, `end`. Connects after the component is
 * mounted, and closes the connection when it is unmounted. Renders on a server as a stream that connects.
 * @param url the URL of `/channels/<id>`; null, undefined or an empty string for none
 * @param options a new `url`, `transport` or token string opens another stream; a new token function replaces the old one
 */
export function useProgress(
  url: string | URL | null | undefined,
  options: UseProgressOptions = {},
): Progress {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const target = url ? String(url) : '';
  const { transport, token } = options;
  const text = typeof token === 'string' ? token : undefined;
  const hasFunction = typeof token === 'function';
  const store = useMemo(() => {
    if (!target) return undefined;
    const renew = (): string | Promise<string> => {
      const current = latest.current.token;
      return typeof current === 'function' ? current() : '';
    };
    const { WebSocket, fetch } = latest.current;
    return new ProgressStore(target, {
      token: hasFunction ? renew : text,
      ...(transport && { transport }),
      ...(WebSocket && { WebSocket }),
      ...(fetch && { fetch }),
    });
  }, [target, transport, text, hasFunction]);
  return useSyncExternalStore(
    store?.subscribe ?? subscribeToNothing,
    store?.progress ?? noProgress,
    noProgress,
  );
}

function noProgress(): Progress {
  return NO_PROGRESS;
}

function subscribeToNothing(): () => void {
  return () => {};
}
