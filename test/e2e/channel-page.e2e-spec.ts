import { describe, expect, it } from 'vitest';
import { BROWSER } from '../fixtures/accept.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const ORIGIN = 'https://recodex.example.org';

const running = setUpMonitor({}, { origins: [ORIGIN] });

describe('the page of a channel', () => {
  it('is the response to a browser, and has a strict policy and its assets', async () => {
    const response = await running.request('/channels/any', BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('vary')).toContain('Accept');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`frame-ancestors ${ORIGIN}`);
    const assets = [...(await response.text()).matchAll(/"\.\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets)
      expect((await fetch(`${running.monitor.http}/some/prefix/${path}`)).status).toBe(200);
  });

  it('has no files but its assets', async () => {
    for (const path of ['/assets/nothing.js', '/assets/..%2f..%2fpackage.json', '/assets/'])
      expect((await fetch(running.monitor.http + path)).status).toBe(404);
  });

  it('is served with the client library', async () => {
    for (const path of ['/client.js', '/prefix/client.js']) {
      const response = await fetch(running.monitor.http + path);
      expect(response.headers.get('content-type')).toContain('text/javascript');
      expect(await response.text()).toContain('export');
    }
  });
});
