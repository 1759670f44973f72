/** The kinds of URLs of requests. */
export type Route = { readonly kind: 'legacy' } | ChannelRoute | { readonly kind: 'bad-channel-id' };

/** The route of a channel. */
export interface ChannelRoute {
  readonly kind: 'channel';
  readonly id: string;
  /** The position in the query (`?after=`); never empty. */
  readonly after: string | undefined;
  /** The file of the channel that the path names; `undefined`: the channel itself. */
  readonly file?: ChannelFile;
}

/** The files below `/channels/<id>`. */
export type ChannelFile = 'badge.svg' | 'summary.json' | 'messages.ndjson';

// Matches the path as the client sends it, still encoded: an encoded slash stays part of the id. Any prefix may come
// first.
const CHANNEL_PATH = /\/channels\/([^/]*)$/;

// Only where the path is no channel: `/channels/channels/badge.svg` is the channel `badge.svg` below a prefix.
const FILE_PATH = /\/channels\/([^/]+)\/(badge\.svg|summary\.json|messages\.ndjson)$/;

/** The parameter that polyfills of EventSource add. */
const LAST_EVENT_ID = /^last-?event-?id$/i;

/**
 * Routes `/channels/<id>` and its files below any prefix, with a position in the query. Every other path is legacy.
 * Never throws.
 *
 * @param maxIdBytes the longest id in bytes; a longer one is a bad channel id
 * @param webSocket a channel has no files for WebSockets
 */
export function routeOf(url: string, maxIdBytes: number, webSocket = false): Route {
  const [path, query] = splitAt(url, '?');
  const [, encoded, file] = CHANNEL_PATH.exec(path) ?? (webSocket ? null : FILE_PATH.exec(path)) ?? [];
  if (encoded === undefined) return { kind: 'legacy' };
  const id = decode(encoded);
  if (id === undefined || !isChannelId(id, maxIdBytes)) return { kind: 'bad-channel-id' };
  const route = { kind: 'channel', id, after: positionIn(query) } as const;
  return file === undefined ? route : { ...route, file: file as ChannelFile };
}

/** Whether a text from a client is a valid channel id. The ids of the broker have the same limit. */
export function isChannelId(id: string, maxBytes: number): boolean {
  return id !== '' && Buffer.byteLength(id) <= maxBytes;
}

// A polyfill adds its parameter when it reconnects, so that parameter is newer than `after`.
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

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
