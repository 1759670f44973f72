import { describe, expect, it } from 'vitest';
import { AdminRoutes } from '../../src/admin/admin-routes.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { readToClose, sendRaw, upgradeFields, WEBSOCKET_FIELDS } from '../fixtures/raw-http.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import { useTokenKeys } from '../fixtures/token-keys.js';

const EVIL = { Host: 'evil.example' };
const MONITORING = ['/health/live', '/health/ready', '/metrics'];

const monitors = useMonitors();
const keys = useTokenKeys();
const running = setUpMonitor({ admin_hosts: ['*.example.org'] });
const admin = new AdminClient(running);

describe('a request to the admin listener with the name of a web site', () => {
  it('is refused on every route, except for those of probes and Prometheus', async () => {
    const routes = running.monitor.app.get(AdminRoutes).list;
    for (const { method, path } of routes) {
      const url = path.replace(/:\w+/, 'unknown');
      const status = await admin.rawStatus(method === 'ALL' ? 'GET' : method, url, EVIL);
      expect([path, status]).toEqual([path, MONITORING.includes(path) ? 200 : 421]);
    }
  });

  it('is refused for every method, and for paths that do not exist', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND'])
      expect([method, await admin.rawStatus(method, '/nothing', EVIL)]).toEqual([method, 421]);
  });

  it('gets a text that says what to do', async () => {
    const answer = await readToClose(
      sendRaw(admin.url, 'GET /channels HTTP/1.1\r\nHost: Ops.Evil.example:4568\r\n\r\n'),
    );
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    expect(head).toMatch(/^Cache-Control: no-store\r?$/im);
    expect(head).toMatch(/^X-Frame-Options: DENY\r?$/im);
    expect(answer).toMatch(/^Connection: close\r?$/im);
    expect(body).toContain(
      '"message":"Expected in Host an IP address, localhost, a name without dots, a name of a local domain, or a name in admin_hosts; ' +
        String.raw`got \"Ops.Evil.example:4568\".`,
    );
    expect(body).toContain('add it to admin_hosts, or set auth.admin');
    expect(body).toContain('"error":"Misdirected Request","statusCode":421');
  });

  it('is refused when it asks for a WebSocket, waits for 100, or repeats Host', async () => {
    const heads = [
      `GET / HTTP/1.1\r\nHost: evil.example\r\n${upgradeFields('websocket')}${WEBSOCKET_FIELDS}`,
      'POST /channels/a HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n',
      'GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n',
      'GET http://evil.example/status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n',
      'GET /status HTTP/1.0\r\nHost: evil.example\r\n',
    ];
    for (const head of heads)
      expect(await readToClose(sendRaw(admin.url, `${head}\r\n`))).toContain('HTTP/1.1 421 ');
  });

  it('is counted', async () => {
    const metrics = await (await admin.request('/metrics')).text();
    expect(Number(/^recodex_monitor_refused_hosts_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(5);
  });
});

it('other names are accepted', async () => {
  for (const host of ['localhost', '[::1]:1', 'monitor', 'a.svc.cluster.local', 'a.example.org:1', ''])
    expect([host, await admin.rawStatus('GET', '/channels', { Host: host })]).toEqual([host, 200]);
});

it('the public listener answers to every name', async () => {
  const request = 'GET /health/live HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
  expect(await readToClose(sendRaw(running.monitor.http, request))).toContain('HTTP/1.1 200 ');
});

it('with auth.admin a token decides, under every name', async () => {
  const secret = keys.secret();
  const other = await monitors.start({ auth: { keys: [secret.source], admin: true } });
  const client = new AdminClient(other);
  expect(await client.rawStatus('GET', '/channels', EVIL)).toBe(401);
  const headers = { ...EVIL, Authorization: `Bearer ${await secret.sign({ scope: 'admin' })}` };
  expect(await client.rawStatus('GET', '/channels', headers)).toBe(200);
});
