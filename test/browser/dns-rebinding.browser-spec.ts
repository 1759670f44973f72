import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Overrides } from '../fixtures/monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import type { Browser } from './browser.js';
import { startChromium } from './chromium.js';

const monitors = useMonitors();
let chromium: Browser;

beforeAll(async () => {
  // The name of the web site leads to this machine. The page of an attacker has no policy of the monitor.
  chromium = await startChromium({ bypassCSP: true }, ['--host-resolver-rules=MAP evil.example 127.0.0.1']);
});

afterAll(() => chromium.close());

const READ = `fetch('/channels').then((answer) => answer.text())`;
const READ_EVENTS = `new Promise((resolve) => {
  const source = new EventSource('/events');
  source.onopen = () => (source.close(), resolve('open'));
  source.onerror = () => (source.close(), resolve('refused'));
})`;
const REMOVE = `fetch('/channels/secret-id', { method: 'DELETE' }).then(({ status }) => status)`;

/** What a page of `host` can do on the admin listener after its name leads there. */
async function attackFrom(host: string, overrides: Overrides = {}) {
  const running = await monitors.start(overrides);
  await running.play('secret-id', 'STARTED');
  const { page } = await chromium.open(`http://${host}:${new URL(running.monitor.admin).port}/metrics`);
  const outcome = {
    read: (await page.evaluate<string>(READ)).includes('secret-id'),
    events: await page.evaluate(READ_EVENTS),
    removed: await page.evaluate(REMOVE),
    channel: running.summary('secret-id')?.state,
  };
  await page.close();
  return outcome;
}

it('A web site that leads its name to the admin listener can neither read nor change anything', async () => {
  const outcome = await attackFrom('evil.example');
  expect(outcome).toEqual({ read: false, events: 'refused', removed: 421, channel: 'running' });
});

it.each([
  ['localhost', {}],
  ['evil.example', { admin_hosts: ['evil.example'] }],
])('The same page at %s with %j reads and removes a channel', async (host, overrides) => {
  const outcome = await attackFrom(host, overrides);
  expect(outcome).toEqual({ read: true, events: 'open', removed: 204, channel: undefined });
});
