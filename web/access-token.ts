/** What the history keeps of an entry of this page. */
interface EntryState {
  readonly token?: string;
}

/** The parts of a window that tell the address and the entry of the history. */
export interface EntryWindow {
  readonly location: { readonly hash: string; readonly href: string };
  readonly history: {
    readonly state: unknown;
    replaceState(state: unknown, unused: string, url: string): void;
  };
}

/**
 * The JWT that the link of the page contains as `#token=<jwt>`; `undefined` if there is none. Removes it from the address
 * bar. The entry of the history keeps it, so that a reload finds it. Only this page in this tab can read the entry.
 */
export function takeToken({ location, history }: EntryWindow): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null)
    history.replaceState({ token } satisfies EntryState, '', withoutFragment(location.href));
  return (history.state as EntryState | null)?.token || undefined;
}

// Not a path: a path that begins with `//` would lead to another host.
function withoutFragment(href: string): string {
  return href.replace(/#.*/s, '');
}
