import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { AddressLimits } from '../../src/http/addresses/address-limits.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { TestClient } from '../fixtures/test-client.js';
import { EventText } from './event-text.js';
import { Proxy } from './proxy.js';
import { snippet } from './snippet.js';
import type { ProxySpec } from './proxies.js';

/** nginx forwards the bytes of TLS connections, and does not read HTTP. */
const NGINX_STREAM: ProxySpec = {
  configuration: async ({ directory, address, upstream, certificate, key }) => `
    load_module /usr/lib/nginx/modules/ngx_stream_module.so;
    daemon off;
    pid ${directory}/nginx.pid;
    error_log stderr;
    events {}
    ${await snippet('nginx-stream', {
      'listen 443': `listen ${address}`,
      '127.0.0.1:4567': upstream,
      '/etc/ssl/recodex/fullchain.pem': certificate,
      '/etc/ssl/recodex/key.pem': key,
    })}`,
  command: (file, directory) => ['nginx', '-p', directory, '-c', file],
};

const running = setUpMonitor({}, { trustedProxies: ['127.0.0.1/32'], proxyProtocol: true });
let proxy: Proxy;

beforeAll(async () => {
  proxy = await Proxy.startWith(NGINX_STREAM, new URL(running.monitor.http).host, inject('certificate'));
});

afterAll(() => proxy.stop());

it('a stream of nginx forwards WebSockets and events', async () => {
  const id = running.freshId();
  const client = new TestClient(`wss://${proxy.address}/channels/${id}`);
  const events = await EventText.open(`https://${proxy.address}/channels/${id}`);
  await running.broker.send(id, 'STARTED');
  expect(await client.received(1)).toEqual([expect.stringContaining('STARTED')]);
  await events.until('STARTED');
  await running.broker.send(id, 'FINISHED');
  expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
  await events.ended;
});

it('a stream of nginx sends the address of the client', async () => {
  const client = new WebSocket(`wss://${proxy.address}/channels/${running.freshId()}`, {
    localAddress: '127.0.0.21',
  });
  await once(client, 'open');
  expect(running.monitor.app.get(AddressLimits).table.find('127.0.0.21')?.connections).toBe(1);
  client.terminate();
});
