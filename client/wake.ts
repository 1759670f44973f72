/** What has come back: the network, the page (from another tab, a sleep, or the browser's cache), or the keyboard. */
export type Wake = 'online' | 'shown' | 'focused';

/** What there is of a browser's window. */
type Page = Partial<EventTarget> & { readonly document?: EventTarget & { readonly visibilityState: string } };

/** Tells when a connection may have died without a word. Hears nothing outside of browsers. Returns its release. */
export function onWake(tell: (wake: Wake) => void): () => void {
  const page = globalThis as Page;
  const controller = new AbortController();
  const { signal } = controller;
  const shown = (event: Event): void => {
    // The first `pageshow` of a page is its beginning, not its return.
    const returned = (event as { persisted?: boolean }).persisted !== false;
    if (returned && page.document?.visibilityState !== 'hidden') tell('shown');
  };
  page.addEventListener?.('online', () => tell('online'), { signal });
  page.addEventListener?.('focus', () => tell('focused'), { signal });
  page.addEventListener?.('pageshow', shown, { signal });
  page.document?.addEventListener('visibilitychange', shown, { signal });
  page.document?.addEventListener('resume', shown, { signal });
  return () => controller.abort();
}
