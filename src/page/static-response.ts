import { compressedBody, encodedBody, type EncodedBody } from './encoded-body.js';

/** A response that is served from memory, headers included. */
export interface PageResponse {
  /** The headers of the body without an encoding. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly encoded: EncodedBody;
}

/** The documents in their encodings. A document is compressed once. */
const documents = new WeakMap<Buffer, EncodedBody>();

/** The types of the files that the build creates. No other type is served. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
]);

/** Forbids inline code and other origins: a job's text would not run even if it became markup. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  // The icon of the tab is a `data:` URL.
  `img-src 'self' data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
];

/** Seconds; the name of an asset changes with its content. */
const YEAR = 365 * 24 * 60 * 60;

/** The response with an HTML document. @param frameAncestors origins that may show it in a frame; none by default */
export function htmlResponse(body: Buffer, frameAncestors: readonly string[] = []): PageResponse {
  const ancestors = frameAncestors.length > 0 ? frameAncestors.join(' ') : `'none'`;
  return {
    headers: {
      ...headersOf('text/html; charset=utf-8', 'no-cache'),
      'Content-Security-Policy': [...POLICY, `frame-ancestors ${ancestors}`].join('; '),
      'Content-Length': String(body.length),
    },
    body,
    encoded: encodedDocument(body),
  };
}

function encodedDocument(body: Buffer): EncodedBody {
  const known = documents.get(body);
  if (known) return known;
  const encoded = compressedBody(body);
  documents.set(body, encoded);
  return encoded;
}

/**
 * The responses with hashed assets, by file name. Files of other types are left out; `<name>.br` and `<name>.gz` are encodings
 * of `<name>`.
 */
export function assetResponses(assets: ReadonlyMap<string, Buffer>): ReadonlyMap<string, PageResponse> {
  return new Map([...assets].flatMap(([name, body]) => served(name, body, assets)));
}

function served(name: string, body: Buffer, assets: ReadonlyMap<string, Buffer>): [string, PageResponse][] {
  const type = TYPES.get(name.slice(name.lastIndexOf('.') + 1));
  if (!type) return [];
  const headers = {
    ...headersOf(type, `public, max-age=${YEAR}, immutable`),
    'Content-Length': String(body.length),
  };
  return [
    [name, { headers, body, encoded: encodedBody(body, assets.get(`${name}.br`), assets.get(`${name}.gz`)) }],
  ];
}

function headersOf(type: string, cacheControl: string): Record<string, string> {
  return {
    'Content-Type': type,
    'Cache-Control': cacheControl,
  };
}
