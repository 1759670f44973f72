import { describe, expect, it } from 'vitest';
import { Admission } from '../../src/gateway/admission.js';
import { BROWSER } from '../fixtures/accept.js';
import { firstBytes } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const monitors = useMonitors();

describe('the address of the monitor', () => {
  it.each(['/', '//', '/?x=1', '/monitor/', '/a//b/'])('%s shows browsers a page', async (path) => {
    const response = await running.request(path, BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(response.headers.get('vary')).toContain('Accept');
    const html = await response.text();
    expect(html).toContain('<form');
    const files = [...html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files)
      expect((await running.request(path.split('?')[0] + file, '*/*')).status).toBe(200);
  });

  it.each([
    ['curl', 'GET / HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n', 200],
    ['the load balancer of AWS', 'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: ELB-HealthChecker/2.0\r\n', 200],
    ['HAProxy', 'OPTIONS / HTTP/1.0\r\n', 204],
    ['HAProxy with GET', 'GET / HTTP/1.0\r\n', 200],
    ['a probe with HEAD', 'HEAD / HTTP/1.1\r\nHost: x\r\n', 200],
    ['a client that accepts JSON', 'GET / HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n', 200],
    ['a POST request', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n', 405],
    ['a probe of an unknown path', 'GET /status/ HTTP/1.1\r\nHost: x\r\n', 404],
  ])('answers %s', async (_, head, status) => {
    const response = await firstBytes(running.monitor.http, `${head}\r\n`);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (status === 200) expect(response).toMatch(/Content-Type: text\/plain/);
  });

  it('answers the probes of load balancers with 503 while the monitor refuses clients', async () => {
    const draining = await monitors.start();
    draining.monitor.app.get(Admission).drain();
    expect((await fetch(draining.monitor.http)).status).toBe(503);
  });
});

describe('an unknown address', () => {
  it.each([
    ['/nothing', 404, 'There is nothing at this address.'],
    ['/channels/job/', 404, 'There is nothing at this address.'],
    ['/prefix/channels/%zz', 400, 'This address has no valid job id.'],
  ])('shows browsers a page with a notice: %s', async (path, status, notice) => {
    const response = await running.request(path, BROWSER);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'text/html; charset=utf-8',
    ]);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    const html = await response.text();
    expect(html).toContain(`role="alert">${notice}<`);
    for (const [, file] of html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g))
      expect((await fetch(new URL(file!, response.url))).status).toBe(200);
  });

  it('gives other clients JSON, and browsers too on the admin listener', async () => {
    expect(await (await running.request('/nothing', '*/*')).json()).toMatchObject({ statusCode: 404 });
    const admin = await fetch(`${running.monitor.admin}/nothing`, { headers: { Accept: BROWSER } });
    expect(await admin.json()).toMatchObject({ statusCode: 404 });
  });
});
