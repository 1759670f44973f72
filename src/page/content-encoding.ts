/** The encodings of a response, the smallest first. */
export const CONTENT_ENCODINGS = ['br', 'gzip', 'identity'] as const;

export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** `gzip`, `gzip;q=0.5` or `*;q=0`. An encoding with an invalid quality is not used. */
const ELEMENT = /^([\w*!#$%&'+.^`|~-]+)(?:\s*;\s*q\s*=\s*(.*))?$/i;

/** Quality of `identity` that the client does not mention: any encoding that it mentions is better. */
const UNMENTIONED = 0.0001;

/**
 * The encoding that the client prefers, by its `Accept-Encoding` (RFC 9110 section 12.5.3); of several, the smallest.
 * `undefined`: the client accepts none of them.
 *
 * @param available the encodings that the response has
 */
export function contentEncodingFor(
  acceptEncoding: string | undefined,
  available: readonly ContentEncoding[],
): ContentEncoding | undefined {
  const qualities = qualitiesIn(acceptEncoding ?? '');
  let best: ContentEncoding | undefined;
  for (const encoding of CONTENT_ENCODINGS) {
    if (!available.includes(encoding)) continue;
    const quality = qualityOf(encoding, qualities);
    if (quality > (best ? qualityOf(best, qualities) : 0)) best = encoding;
  }
  return best;
}

function qualitiesIn(header: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const element of header.split(',')) {
    const [, name, quality] = ELEMENT.exec(element.trim()) ?? [];
    if (name !== undefined) qualities.set(name.toLowerCase().replace(/^x-gzip$/, 'gzip'), qualityIn(quality));
  }
  return qualities;
}

function qualityIn(text: string | undefined): number {
  if (text === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

function qualityOf(encoding: ContentEncoding, qualities: ReadonlyMap<string, number>): number {
  const mentioned = qualities.get(encoding) ?? qualities.get('*');
  return mentioned ?? (encoding === 'identity' ? UNMENTIONED : 0);
}
