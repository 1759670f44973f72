import { describe, expect, it } from 'vitest';
import { JSON_TYPE } from '../fixtures/accept.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const ORIGIN = 'https://recodex.example.org';

const running = setUpMonitor({}, { origins: [ORIGIN, 'https://*.pattern.example', 'https://other.example'] });

describe('a script of a listed origin', () => {
  it('may read the summary and the event stream', async () => {
    const id = await running.playNew('STARTED');
    const response = await summaryFor(ORIGIN, id);
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('vary')).toMatch(/Origin.*Accept|Accept.*Origin/);
    const stream = await running.openEvents(`/channels/${id}`, { Origin: ORIGIN });
    expect(stream.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(stream.headers.vary).toMatch(/Origin/);
  });

  it('may send a token', async () => {
    const preflight = await running.request('/channels/any', '*/*', {
      method: 'OPTIONS',
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  });
});

describe('a script of another origin', () => {
  it('may not read', async () => {
    const response = await summaryFor('https://elsewhere.example.org', await running.playNew('STARTED'));
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a pattern in origins', () => {
  it.each(['https://a.pattern.example', 'https://a.b.pattern.example', 'https://other.example'])(
    'allows all subdomains, beside other origins: %s',
    async (origin) => expect(await allowedOrigin(origin)).toBe(origin),
  );

  it.each(['https://pattern.example', 'https://evil-pattern.example', 'https://a.pattern.example.evil'])(
    'does not allow %s',
    async (origin) => expect(await allowedOrigin(origin)).toBeNull(),
  );

  it('allows all subdomains to show the page in a frame', async () => {
    const page = await running.request('/channels/x', 'text/html');
    expect(page.headers.get('content-security-policy')).toMatch(
      /frame-ancestors https:\/\/recodex\.example\.org https:\/\/\*\.pattern\.example https:\/\/other\.example$/,
    );
  });
});

function summaryFor(origin: string, id: string): Promise<Response> {
  return running.request(`/channels/${id}`, JSON_TYPE, { headers: { Origin: origin } });
}

async function allowedOrigin(origin: string): Promise<string | null> {
  const response = await summaryFor(origin, 'x');
  expect(response.headers.get('vary')).toContain('Origin');
  return response.headers.get('access-control-allow-origin');
}
