import { once } from 'node:events';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { firstBytes, sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const monitors = useMonitors();

beforeAll(() => running.play('job', 'STARTED'));

describe('the headers of a response', () => {
  it.each([
    'GET /channels/job HTTP/1.1\r\nAccept: application/json',
    'GET /channels/job HTTP/1.1\r\nAccept: text/event-stream',
    'GET /channels/job HTTP/1.1\r\nAccept: text/html',
    'GET /channels/nobody HTTP/1.1\r\nAccept: application/json',
    'GET /channels/job HTTP/1.1\r\nAccept: image/png',
    'GET /channels/%ff HTTP/1.1',
    'GET /channels/job?after=end HTTP/1.1',
    'POST /channels/job HTTP/1.1',
    'GET / HTTP/1.1',
    'OPTIONS / HTTP/1.1',
    'GET /client.js HTTP/1.1',
    'GET /assets/none HTTP/1.1',
    'GET /assets/%zz HTTP/1.1',
    'GET /nothing HTTP/1.1',
    'GET /health/live HTTP/1.1',
    'GET /health/ready HTTP/1.1',
    'GET /channels/job HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade',
  ])('contain nosniff and do not name the server software: %s', async (head) => {
    const response = await firstBytes(running.monitor.http, `${head}\r\nHost: x\r\n\r\n`);
    expect(response).toMatch(/\r\nX-Content-Type-Options: nosniff\r\n/i);
    expect(response).not.toMatch(/X-Powered-By|Express|node_modules/i);
  });

  it('announce a keep-alive timeout that is longer than the 60 s of proxies', async () => {
    for (const base of [running.monitor.http, running.monitor.admin])
      expect((await fetch(`${base}/health/live`)).headers.get('keep-alive')).toBe('timeout=75');
  });

  it('announce a short keep-alive timeout while few connections are left', async () => {
    const { monitor } = await monitors.start({ limits: { connections: 1 } });
    // The server applies the number of connections from the previous request.
    const keepAlive = async (): Promise<string | null> =>
      (await fetch(monitor.http)).headers.get('keep-alive');
    const idle = Array.from({ length: 510 }, () => sendRaw(monitor.http, ''));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    await vi.waitFor(async () => expect(await keepAlive()).toBe('timeout=5'));
    for (const socket of idle) socket.destroy();
    await vi.waitFor(async () => expect(await keepAlive()).toBe('timeout=75'));
  });
});
