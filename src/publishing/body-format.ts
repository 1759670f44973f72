import type { IncomingHttpHeaders } from 'node:http';
import { PublishRefused } from './publish-refused.js';

/** The format of a body: a JSON object or array, or one JSON object per line. */
export type BodyFormat = 'json' | 'ndjson';

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
]);

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Reads the format of a body. Throws `PublishRefused` for another media type, another charset or a compressed body. */
export function bodyFormatOf(headers: IncomingHttpHeaders): BodyFormat {
  const contentType = headers['content-type'] ?? '';
  const format = FORMATS.get(contentType.split(';', 1)[0]!.trim().toLowerCase());
  if (!format)
    throw unsupported(`Content-Type to be ${[...FORMATS.keys()].join(' or ')}`, contentType || 'none', {
      Accept: [...FORMATS.keys()].join(', '),
    });
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8' && charset !== 'utf8') throw unsupported('charset to be utf-8', charset);
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity')
    throw unsupported('a body without Content-Encoding', encoding, { 'Accept-Encoding': 'identity' });
  return format;
}

function unsupported(expected: string, got: string, headers: Record<string, string> = {}): PublishRefused {
  return new PublishRefused('unsupported', `Expected ${expected}, got ${got}`, headers);
}
