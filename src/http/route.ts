/** What the URL of a request asks for. */
export type Route = { readonly kind: 'legacy' } | ChannelRoute | { readonly kind: 'bad-channel-id' };

export interface ChannelRoute {
  readonly kind: 'channel';
  readonly id: string;
  /** The last message that the client has seen, as its URL says; never empty. */
  readonly after: string | undefined;
}

// The path as sent, still encoded, so that an encoded slash stays part of the id. Any prefix may stand before it.
const CHANNEL_PATH = /\/channels\/([^/]*)$/;

/** How the polyfills of EventSource write it. */
const LAST_EVENT_ID = /^last-?event-?id$/i;

/** Routes `/channels/<id>`, behind any prefix, with a position in its query; every other path is legacy. Never throws. */
export function routeOf(url: string, maxIdBytes: number): Route {
  const [path, query] = split(url, '?');
  const encoded = CHANNEL_PATH.exec(path)?.[1];
  if (encoded === undefined) return { kind: 'legacy' };
  const id = decode(encoded);
  if (id === undefined || !isChannelId(id, maxIdBytes)) return { kind: 'bad-channel-id' };
  return { kind: 'channel', id, after: positionIn(query) };
}

/** Whether a URL names a channel, even by an id that is not allowed; every other path is legacy. */
export function isChannelPath(url: string): boolean {
  return CHANNEL_PATH.test(split(url, '?')[0]);
}

/** Whether a client may name a channel so; the broker's ids are held to the same length. */
export function isChannelId(id: string, maxBytes: number): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxBytes;
}

// A polyfill of EventSource adds its own parameter when it comes back, so that one is the more recent.
function positionIn(query: string): string | undefined {
  let after: string | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (value === '') continue;
    if (LAST_EVENT_ID.test(name)) return value;
    if (name === 'after') after ??= value;
  }
  return after;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
