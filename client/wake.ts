/**
 * The kind of a wake event: the network is back, the page is shown again (after another tab, a sleep or the browser's
 * cache), or the page has the focus.
 */
export type Wake = 'online' | 'shown' | 'focused';

/** The parts of a browser's window that `onWake` uses. */
type PageWindow = Partial<EventTarget> & {
  readonly document?: EventTarget & { readonly visibilityState: string };
};

/**
 * Calls `listener` when a connection may have died unnoticed. Outside of browsers, no such event exists. Returns a
 * function that removes the listeners.
 */
export function onWake(listener: (wake: Wake) => void): () => void {
  const page = globalThis as PageWindow;
  const controller = new AbortController();
  const { signal } = controller;
  const shown = (event: Event): void => {
    // The first `pageshow` of a page is its load (`persisted` is false), not a return.
    const returned = (event as { persisted?: boolean }).persisted !== false;
    if (returned && page.document?.visibilityState !== 'hidden') listener('shown');
  };
  page.addEventListener?.('online', () => listener('online'), { signal });
  page.addEventListener?.('focus', () => listener('focused'), { signal });
  page.addEventListener?.('pageshow', shown, { signal });
  page.document?.addEventListener('visibilitychange', shown, { signal });
  page.document?.addEventListener('resume', shown, { signal });
  return () => controller.abort();
}
