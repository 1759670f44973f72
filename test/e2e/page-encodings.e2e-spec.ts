import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BROWSER } from '../fixtures/accept.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

/** Bytes of the bodies that a browser loads before the first progress, in each encoding. */
const MAX_FIRST_LOAD = 20 * 1024;
/** Bytes of all bodies of the page, with brotli. */
const MAX_WHOLE_PAGE = 27 * 1024;

const running = setUpMonitor();

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly length: number;
  readonly text: string;
}

// fetch() decodes the body, and the length is that of the encoded one.
async function get(
  path: string,
  acceptEncoding: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(running.monitor.http + path, {
    headers: { accept: BROWSER, 'accept-encoding': acceptEncoding, ...headers },
  });
  const length = Number(response.headers.get('content-length'));
  return { status: response.status, headers: response.headers, length, text: await response.text() };
}

/** The paths of the files that the page of a job loads: before the first progress, and all. */
async function filesOfPage(language: string): Promise<{ first: string[]; all: string[] }> {
  const { text } = await get('/channels/any', 'br');
  const first = [...text.matchAll(/"\.\.(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
  const script = (
    await get(
      first.find((path) => path.endsWith('.js'))!,
      'br',
    )
  ).text;
  const named = (name: string): string[] => {
    const file = new RegExp(`(?<![\\w-])${name}-[\\w-]{8}\\.(?:js|css)`, 'g');
    return [...new Set(script.match(file))].map((found) => `/assets/${found}`);
  };
  expect(named(language)).toHaveLength(1);
  expect(named('later')).toHaveLength(2);
  expect(named(`later-${language}`)).toHaveLength(1);
  const loaded = ['/channels/any', ...first, ...named(language)];
  return { first: loaded, all: [...loaded, ...named('later'), ...named(`later-${language}`)] };
}

async function bytesOf(paths: readonly string[], encoding: string): Promise<number> {
  const answers = await Promise.all(paths.map((path) => get(path, encoding)));
  for (const { headers } of answers) expect(headers.get('content-encoding')).toBe(encoding);
  return answers.reduce((sum, { length }) => sum + length, 0);
}

describe('the page of a job', () => {
  it.each(['en', 'cs'])('is small on the wire (%s)', async (language) => {
    const { first, all } = await filesOfPage(language);
    expect(await bytesOf(first, 'br')).toBeLessThan(MAX_FIRST_LOAD);
    expect(await bytesOf(first, 'gzip')).toBeLessThan(MAX_FIRST_LOAD);
    expect(await bytesOf(all, 'br')).toBeLessThan(MAX_WHOLE_PAGE);
  });

  it.each(['/channels/any', '/client.js', '/', '/no/such/address'])(
    'and %s are the same in each encoding, with an ETag of its own',
    async (path) => {
      const answers = await Promise.all(['br', 'gzip', 'identity'].map((encoding) => get(path, encoding)));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(3);
      for (const { headers } of answers) expect(headers.get('vary')).toContain('Accept-Encoding');
      if (path === '/no/such/address') return;
      for (const [index, encoding] of ['br', 'gzip', 'identity'].entries()) {
        const etag = answers[index]!.headers.get('etag')!;
        expect(
          (await get(path, encoding, { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status,
        ).toBe(304);
      }
    },
  );

  it('is not served to a client that accepts no encoding', async () => {
    expect((await get('/channels/any', 'identity;q=0')).status).toBe(406);
    expect((await get('/channels/any', 'identity;q=0, gzip')).headers.get('content-encoding')).toBe('gzip');
  });
});

it.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('a body is valid %s', async (encoding, decode) => {
  const { first } = await filesOfPage('en');
  const request = `GET ${first[1]} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`;
  const { hostname, port } = new URL(running.monitor.http);
  const { connect } = await import('node:net');
  const socket = connect(Number(port), hostname).end(request);
  const bytes = Buffer.concat(await socket.toArray());
  const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  expect(decode(body).toString()).toBe((await get(first[1]!, 'identity')).text);
});

it('the dashboard has encodings too', async () => {
  const response = await fetch(`${running.monitor.admin}/`, {
    headers: { accept: BROWSER, 'accept-encoding': 'br' },
  });
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(await response.text()).toContain('</html>');
});
