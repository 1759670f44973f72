import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const monitors = useMonitors();

describe('the headers of a response', () => {
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
