import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const running = setUpMonitor();

function get(path: string, accept: string, base = running.monitor.admin): Promise<Response> {
  return fetch(base + path, { headers: { Accept: accept } });
}

describe('the dashboard', () => {
  it('is at / of the admin listener, with a strict policy', async () => {
    const response = await get('/', BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Content-Security-Policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
    expect(response.headers.get('Vary')).toContain('Accept');
    expect(await response.text()).toContain('<div id="dashboard">');
  });

  it('loads its assets from the admin listener only', async () => {
    const html = await (await get('/', BROWSER)).text();
    const assets = [...html.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(assets.map((path) => path.split('.').pop()))).toEqual(new Set(['css', 'js', 'svg']));
    for (const path of assets) {
      const response = await get(path, '*/*');
      expect([response.status, response.headers.get('Cache-Control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
      const elsewhere = await get(path, '*/*', running.monitor.http);
      // The icon has the same content on both listeners.
      if (!path.endsWith('.svg')) expect(elsewhere.status).toBe(404);
    }
  });

  it('is not on the public listener, which serves its own page', async () => {
    const html = await (await get('/', BROWSER, running.monitor.http)).text();
    expect(html).not.toContain('id="dashboard"');
  });

  it.each(['*/*', 'text/plain', 'application/json'])(
    'is a line of text for a client that accepts %s',
    async (accept) => {
      const response = await get('/', accept);
      expect([response.status, response.headers.get('Content-Type')]).toEqual([
        200,
        'text/plain; charset=utf-8',
      ]);
      expect(await response.text()).toMatch(/\/channels.*\/status.*\/metrics.*\/health\/ready/s);
    },
  );

  it.each(['/assets/none.js', '/assets/..%2findex.html', '/assets/', '/index.html', '/dashboard'])(
    'has nothing else: %s',
    async (path) => expect((await get(path, BROWSER)).status).toBe(404),
  );

  it('answers HEAD, and refuses other methods', async () => {
    const head = await fetch(running.monitor.admin, { method: 'HEAD', headers: { Accept: BROWSER } });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(running.monitor.admin, { method: 'PUT' })).status).toBe(405);
  });
});
