/** Where the page is, and so what it watches. */
export interface Channel {
  readonly id: string;
  /** Of the stream: the page's own URL, without a query. */
  readonly url: string;
}

/** Reads the channel from the page's URL, `<any prefix>/channels/<id>`. */
export function channelOf({ origin, pathname }: Pick<URL, 'origin' | 'pathname'>): Channel {
  return { id: decode(pathname.slice(pathname.lastIndexOf('/') + 1)), url: origin + pathname };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
