import { describe, expect, it, vi } from 'vitest';
import { firstBytes } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import { TestClient } from '../fixtures/test-client.js';

const running = setUpMonitor();
const monitors = useMonitors();

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(running.monitor.http + path, { headers });

describe('the badge of a channel', () => {
  it('shows the progress below any prefix, and answers 304 until it changes', async () => {
    await running.play('job', 'STARTED');
    const url = '/any/prefix/channels/job/badge.svg?expected=2&label=%3Cb%3E';
    const first = await get(url, { accept: 'image/avif,image/webp,*/*' });
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect(first.headers.get('vary') ?? '').not.toContain('Accept,');
    expect(await first.text()).toContain('<title>&lt;b&gt;: running, 0 of 2 tasks</title>');
    const etag = first.headers.get('etag')!;
    expect((await get(url, { 'if-none-match': etag })).status).toBe(304);
    await running.broker.send('job', 'TASK', 'a', 'COMPLETED');
    await running.broker.send('job', 'TASK', 'b', 'FAILED');
    await running.broker.send('job', 'FINISHED');
    await vi.waitFor(async () => {
      const later = await get(url, { 'if-none-match': etag });
      expect(later.status).toBe(200);
      expect(await later.text()).toContain('1 of 2 tasks failed');
    });
  });

  it('of an unknown channel is an image too', async () => {
    const response = await get('/channels/nobody/badge.svg');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('job: unknown');
  });

  it('has no other methods and no other names', async () => {
    expect((await fetch(`${running.monitor.http}/channels/job/badge.svg`, { method: 'POST' })).status).toBe(
      405,
    );
    expect((await fetch(`${running.monitor.http}/channels/job/badge.svg`, { method: 'HEAD' })).status).toBe(
      200,
    );
    for (const path of ['/channels//badge.svg', '/channels/job/badge.png', '/channels/job/x/badge.svg'])
      expect((await get(path)).status).toBe(404);
    expect((await get('/channels/%ff/badge.svg')).status).toBe(400);
  });

  it('counts as 404 for the limits of the address if the channel is unknown', async () => {
    const { monitor } = await monitors.start({ limits: { not_found_per_second_per_address: 1, exempt: [] } });
    const statuses = [];
    for (let index = 0; index < 20; index++)
      statuses.push((await fetch(`${monitor.http}/channels/guess-${index}/badge.svg`)).status);
    expect(statuses).toContain(429);
  });
});

describe('the summary of a channel', () => {
  it('is a file too, whatever Accept says', async () => {
    await running.play('summed', 'STARTED');
    const response = await get('/channels/summed/summary.json', { accept: 'text/html' });
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual(
      await (await get('/channels/summed', { accept: 'application/json' })).json(),
    );
    expect((await get('/channels/nobody/summary.json')).status).toBe(404);
  });
});

it('a channel may have the name of a file', async () => {
  await running.play('badge.svg', 'STARTED');
  const response = await get('/channels/badge.svg', { accept: 'application/json' });
  expect(((await response.json()) as { id: string }).id).toBe('badge.svg');
});

it('a WebSocket at the path of a file speaks the legacy protocol', async () => {
  await running.play('old', 'STARTED');
  const client = await new TestClient(`${running.monitor.ws}/channels/old/badge.svg`).opened();
  client.socket.send('old');
  await vi.waitFor(() => expect(client.frames[0]).toContain('STARTED'));
  client.socket.close();
});

it('the page of a job may be framed by its own origin only where it is embedded', async () => {
  const policyAt = async (path: string): Promise<string> =>
    (await get(path, { accept: 'text/html' })).headers.get('content-security-policy')!;
  expect(await policyAt('/channels/job')).toContain(`frame-ancestors 'none'`);
  expect(await policyAt('/channels/job?embed')).toContain(`frame-ancestors 'self'`);
  expect(await policyAt('/channels/job?expected=2&embed=1')).toContain(`frame-ancestors 'self'`);
});

it.each(['GET /channels/nobody/badge.svg HTTP/1.1', 'GET /channels/nobody/summary.json HTTP/1.1'])(
  'the answer to %s contains nosniff',
  async (line) => {
    const response = await firstBytes(running.monitor.http, `${line}\r\nHost: x\r\n\r\n`);
    expect(response).toMatch(/\r\nX-Content-Type-Options: nosniff\r\n/i);
  },
);
