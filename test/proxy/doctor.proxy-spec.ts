import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { runDoctor, type Findings } from '../fixtures/cli/doctor-run.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { PROXIES, type ProxyName } from './proxies.js';
import { Proxy } from './proxy.js';

const TRUSTED = ['127.0.0.1/32'];
const HEADER = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';

/** Changes of the documented configurations, by what the proxy does then. */
const WITHOUT_ADDRESS: readonly [ProxyName, Record<string, string>][] = [
  ['nginx', { [HEADER]: '' }],
  ['apache2', { 'RequestHeader unset Forwarded': 'ProxyAddHeaders Off\nRequestHeader unset Forwarded' }],
  ['caddy', { 'header_up -Forwarded': 'header_up -Forwarded\nheader_up -X-Forwarded-For' }],
  ['haproxy', { 'option forwardfor': '' }],
];
const WITHOUT_UPGRADE: readonly [ProxyName, Record<string, string>][] = [
  ['nginx', { 'proxy_set_header Upgrade $http_upgrade;': '' }],
  ['apache2', { ' upgrade=websocket': '' }],
  ['caddy', { 'header_up -Forwarded': 'header_up -Forwarded\nheader_up -Upgrade\nheader_up -Connection' }],
  ['haproxy', { 'option forwardfor': 'option forwardfor\n    http-request del-header Upgrade' }],
];
const BUFFERING = { [HEADER]: `${HEADER}\nproxy_ignore_headers X-Accel-Buffering;` };

/** The checks of the way through a proxy. */
const ROUTE_CHECKS = ['route', 'upgrade', 'event stream', 'client address', 'idle time'];

let proxy: Proxy | undefined;

afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
});

describe.each([
  [Object.keys(PROXIES).filter((name) => name !== 'haproxy with send-proxy') as ProxyName[], false],
  [['haproxy with send-proxy'] as ProxyName[], true],
])('doctor behind %j', (names, proxyProtocol) => {
  const running = setUpMonitor({ heartbeat: { interval: 0.2 } }, { trustedProxies: TRUSTED, proxyProtocol });

  it.each(names)('finds nothing wrong with %s, as docs/proxies.md configures it', async (name) => {
    const findings = await through(name);
    for (const check of ROUTE_CHECKS) expect(findings[check]).toMatchObject({ check, status: 'ok' });
    expect(findings['client address']!.text).toMatch(
      /^the proxy says .*this client has the address 127\.0\.0\.1$/,
    );
  });

  if (proxyProtocol) return;

  it.each(WITHOUT_ADDRESS)('complains about %s without the address of the client', async (name, changes) => {
    expect((await through(name, changes))['client address']).toMatchObject({
      status: 'problem',
      text: 'the proxy 127.0.0.1 is in trusted_proxies, but sends no X-Forwarded-For',
      advice: expect.stringMatching(/^Let the proxy send X-Forwarded-For/) as string,
    });
  });

  it.each(WITHOUT_UPGRADE)('complains about %s without the upgrade', async (name, changes) => {
    const { upgrade } = await through(name, changes);
    expect(upgrade).toMatchObject({
      status: 'problem',
      advice: expect.stringContaining('must pass the headers Upgrade') as string,
    });
  });

  it('complains about nginx with buffering', async () => {
    expect((await through('nginx', BUFFERING))['event stream']).toMatchObject({
      status: 'problem',
      advice: expect.stringContaining('The proxy buffers') as string,
    });
  });

  function through(name: ProxyName, changes: Record<string, string> = {}): Promise<Findings> {
    return runThrough(running, name, changes);
  }
});

describe('doctor behind proxies that are not trusted', () => {
  const running = setUpMonitor({ heartbeat: { interval: 0.2 } });

  it.each(WITHOUT_ADDRESS)('complains about the header of %s, and names the proxy', async (name) => {
    expect((await runThrough(running, name))['client address']).toMatchObject({
      status: 'problem',
      text: expect.stringContaining('trusted_proxies does not contain this address') as string,
      advice: expect.stringMatching(/^Add 127\.0\.0\.1 to trusted_proxies/) as string,
    });
  });
});

/** Runs `doctor` through a proxy. Resolves when the proxy has closed the connections. */
async function runThrough(
  { monitor: { http, admin, app } }: RunningMonitor,
  name: ProxyName,
  changes: Record<string, string> = {},
): Promise<Findings> {
  proxy = await Proxy.start(name, new URL(http).host, inject('certificate'), changes);
  const findings = await runDoctor({}, { admin, url: `https://${proxy.address}/monitor/`, idle: 1 });
  // Apache needs ten seconds to stop while a WebSocket is open.
  await vi.waitFor(() => expect(app.get(ConnectionRegistry).size).toBe(0), 10_000);
  return findings;
}
