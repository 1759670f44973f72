/** The channel that the page shows. */
interface WatchedChannel {
  readonly id: string;
  /** The URL of the stream: the URL of the page without its query. */
  readonly url: string;
}

/** Reads the channel from the URL of the page, `<any prefix>/channels/<id>`. */
export function channelOfPage({ origin, pathname }: Pick<URL, 'origin' | 'pathname'>): WatchedChannel {
  return { id: decode(pathname.slice(pathname.lastIndexOf('/') + 1)), url: origin + pathname };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
