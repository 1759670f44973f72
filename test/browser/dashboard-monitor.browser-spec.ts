import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import type { Browser, Tab } from './browser.js';
import { startChromium } from './chromium.js';
import { Line } from './line.js';

const monitors = useMonitors();
let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium({ viewport: { width: 1280, height: 800 } });
});

afterAll(() => chromium.close());

/** Resolves when an element of the tab that matches the selector contains the text. */
async function shown({ page }: Tab, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector, { hasText: text }).first().waitFor({ state: 'attached' });
}

test('a monitor is shown with its channels, and its log level is changed', async () => {
  const running = await monitors.start();
  const id = 'a/ž <b> 1';
  await running.play(id, 'DOWNLOADED', 'STARTED');
  const tab = await chromium.open(`${running.monitor.admin}/`);
  const { page } = tab;
  await shown(tab, '.link', 'Connected');
  await shown(tab, '.facts', /Broker\s*connected/);
  await shown(tab, '.facts', /State\s*Open/);
  await shown(tab, '.limits', 'channels');
  await page.locator('.row', { hasText: id }).click();
  await shown(tab, '.message', 'STARTED');
  expect(await page.getByRole('link', { name: 'Open the public page' }).getAttribute('href')).toBe(
    `${running.monitor.http}/channels/${encodeURIComponent(id)}`,
  );
  await running.broker.send(id, 'TASK', 'compile', 'FAILED');
  await shown(tab, '.message.failed', 'compile');
  await shown(tab, '.drawer .summary', '1 failed');

  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('Log level').selectOption('error');
  await shown(tab, '.result', 'The log level is now error');
  await vi.waitFor(async () => expect(await page.getByLabel('Log level').inputValue()).toBe('error'));

  const url = `${running.monitor.admin}/channels/${encodeURIComponent(id)}`;
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(204);
  await page.locator('.row').waitFor({ state: 'detached' });
  expect(tab.complaints).toEqual([]);
  await page.close();
});

test('the eleventh dashboard says that there are too many, and is live when another one is closed', async () => {
  const running = await monitors.start();
  const streams = Array.from({ length: 10 }, () => new AbortController());
  // Node.js ends the stream of a response that the garbage collector takes.
  const responses: Response[] = [];
  for (const { signal } of streams)
    responses.push(await fetch(`${running.monitor.admin}/events`, { signal }));
  const tab = await chromium.open(`${running.monitor.admin}/`);
  await shown(tab, '.link', 'no data');
  await shown(tab, '.conditions', 'too many dashboards are open');
  streams.pop()!.abort();
  await shown(tab, '.link', 'Connected');
  expect(tab.complaints).toEqual([]);
  for (const stream of streams) stream.abort();
  expect(responses).toHaveLength(10);
  await tab.page.close();
});

test('a dead link is noticed after 5 s, and the data are right when it is back', async () => {
  const running = await monitors.start();
  const line = await Line.open(running.monitor.admin);
  await running.play('job', 'STARTED');
  const tab = await chromium.open(new URL('/', line.url('')).href);
  const { page } = tab;
  await shown(tab, '.link', 'Connected');
  line.freeze();
  const start = Date.now();
  await shown(tab, '.link', 'Reconnecting');
  expect(Date.now() - start).toBeLessThan(7000);
  await running.play('job', 'FINISHED');
  expect(await page.locator('.row .state').textContent()).toBe('running');
  line.thaw();
  await shown(tab, '.link', 'Connected');
  await shown(tab, '.row .state', 'finished');
  expect(tab.complaints).toEqual([]);
  await page.close();
  line.close();
});
