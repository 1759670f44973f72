import type { WatchOptions } from './options.js';
import { toAbsoluteUrl } from './url.js';

/** What each option may be: names of types, or the values themselves. `undefined` and `null` count as absent. */
const EXPECTED: Readonly<Record<keyof WatchOptions, string>> = {
  after: 'string',
  summary: 'object',
  signal: 'object',
  token: 'string or function',
  share: 'boolean',
  transport: 'auto, websocket or sse',
  WebSocket: 'function',
  fetch: 'function',
  random: 'function',
};

/** The absolute URL of a stream, without the fragment. Throws a TypeError if the URL or an option is wrong. */
export function checkArguments(url: string | URL, options: WatchOptions): URL {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const value: unknown = options[name as keyof WatchOptions];
    const given = name === 'transport' ? value : typeof value;
    if ((value ?? undefined) !== undefined && !expected.split(/, | or /).includes(given as string))
      throw unexpected(`the option ${name} to be ${expected}`, value);
  }
  try {
    const text: unknown = (url as URL).href ?? url;
    const target = toAbsoluteUrl(text as string);
    target.hash = '';
    // In a page, any other value would become a path.
    if (typeof text === 'string' && /^(http|ws)s?:$/.test(target.protocol)) return target;
  } catch {
    // Reported below.
  }
  throw unexpected('the http(s) or ws(s) URL of a channel', url);
}

function unexpected(expected: string, value: unknown): TypeError {
  return new TypeError(`watch() expected ${expected}, got ${typeof value} ${String(value)}`);
}
