import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Monitor, startMonitor } from '../fixtures/monitor.js';

let monitor: Monitor;
beforeAll(async () => {
  monitor = await startMonitor({}, { origins: ['https://*.example.org', 'https://other.example'] });
});
afterAll(() => monitor.close());

async function allowed(origin: string): Promise<string | null> {
  const headers = { Origin: origin, Accept: 'application/json' };
  const response = await fetch(`${monitor.http}/channels/x`, { headers });
  expect(response.headers.get('vary')).toContain('Origin');
  return response.headers.get('access-control-allow-origin');
}

describe('A pattern in origins', () => {
  it('allows scripts of all subdomains, beside other origins', async () => {
    for (const origin of ['https://a.example.org', 'https://a.b.example.org', 'https://other.example'])
      expect(await allowed(origin)).toBe(origin);
  });

  it('allows no other site', async () => {
    for (const origin of ['https://example.org', 'https://evil-example.org', 'https://a.example.org.evil'])
      expect(await allowed(origin)).toBeNull();
  });

  it('lets all subdomains show the page in a frame', async () => {
    const page = await fetch(`${monitor.http}/channels/x`, { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toMatch(
      /frame-ancestors https:\/\/\*\.example\.org https:\/\/other\.example$/,
    );
  });
});
