import type { WatchOptions } from './options.js';
import { toAbsoluteUrl, unexpected } from './url.js';

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
export function checkArguments(url: string | URL, options: WatchOptions | null): URL {
  if (typeof options !== 'object') throw unexpected('watch() expected the options as an object', options);
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const value: unknown = options?.[name as keyof WatchOptions];
    const given = name === 'transport' ? value : typeof value;
    if ((value ?? undefined) !== undefined && !expected.split(/, | or /).includes(given as string))
      throw unexpected(`watch() expected the option ${name} to be ${expected}`, value);
  }
  const target = toAbsoluteUrl(url, 'watch() expected the http(s) or ws(s) URL of a channel');
  target.hash = '';
  return target;
}
