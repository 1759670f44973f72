import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import type { Browser, Tab } from './browser.js';
import { startChromium } from './chromium.js';

/** Milliseconds that the page may be busy without a pause. */
const LONGEST_TASK = 200;
/** A busy machine delays the browser as well. A task of the page that is too long is so in every attempt. */
const ATTEMPTS = { retry: 2, timeout: 180_000 };
/** Milliseconds of load. */
const DURATION = 20_000;
const LIVE_CHANNELS = 5000;
/** Messages a second: each channel changes about once a second. */
const RATE = 5000;
/** Milliseconds between two bursts of messages. */
const INTERVAL = 100;

/** Runs before the scripts of the page: collects the durations of long tasks in `window.longTasks`. */
const COLLECT_LONG_TASKS = `window.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration))))
    .observe({ type: 'longtask', buffered: true });`;

let ports: Ports;
let daemon: BuiltDaemon;
let broker: FakeBroker;
let chromium: Browser;

beforeEach(async () => {
  ports = await freePorts();
  daemon = await BuiltDaemon.start(ports).untilReady();
  broker = await FakeBroker.connect(`tcp://127.0.0.1:${ports.zeromq}`);
  chromium = await startChromium({ viewport: { width: 1280, height: 800 } });
});

afterEach(async () => {
  await chromium.close();
  broker.close();
  await daemon.stop();
});

/** Starts so many channels, and opens the dashboard with all of them. */
async function open(channels: number): Promise<Tab> {
  for (let at = 0; at < channels; at++) await broker.send(`job-${at}`, 'STARTED');
  const tab = await chromium.open(`http://127.0.0.1:${ports.admin}/`, COLLECT_LONG_TASKS);
  const count = channels.toLocaleString('en');
  await tab.page.locator('.channels-foot', { hasText: `${count} of ${count} shown` }).waitFor();
  return tab;
}

async function longTasks({ page }: Tab): Promise<number[]> {
  return page.evaluate<number[]>('longTasks');
}

function report(what: string, tasks: readonly number[]): void {
  process.stdout.write(`${what}: ${tasks.length} long tasks, the longest ${Math.max(0, ...tasks)} ms\n`);
}

test(
  `${LIVE_CHANNELS} live channels for ${DURATION / 1000} s cause no task above ${LONGEST_TASK} ms`,
  ATTEMPTS,
  async () => {
    const tab = await open(LIVE_CHANNELS);
    const { page } = tab;
    let sent = 0;
    for (const end = Date.now() + DURATION; Date.now() < end;) {
      const burst = sleep(INTERVAL);
      for (const last = sent + (RATE * INTERVAL) / 1000; sent < last; sent++)
        await broker.send(
          `job-${sent % LIVE_CHANNELS}`,
          'TASK',
          `task-${sent}`,
          sent % 9 ? 'COMPLETED' : 'FAILED',
        );
      await burst;
    }
    const tasks = await longTasks(tab);
    report(`${sent} messages in ${LIVE_CHANNELS} channels`, tasks);
    expect(Math.max(0, ...tasks)).toBeLessThanOrEqual(LONGEST_TASK);
    expect(await page.locator('.link').textContent()).toContain('Connected');
    expect(await page.locator('.row').count()).toBeLessThan(60);
    expect(tab.complaints).toEqual([]);
  },
);

test('10,000 channels scroll without a pause, and each row appears', ATTEMPTS, async () => {
  const tab = await open(10_000);
  const { page } = tab;
  await page.getByRole('columnheader', { name: 'Id' }).getByRole('button').click();
  await page.evaluate('longTasks.length = 0');
  const grid = page.locator('.grid');
  await grid.hover();
  for (let at = 0; at < 100; at++) {
    await page.mouse.wheel(0, 3500);
    await broker.send(`job-${at}`, 'TASK', 'task', 'COMPLETED');
  }
  // The last one in the order of the ids.
  await page.locator('.row', { hasText: 'job-9999' }).waitFor();
  const top = await grid.evaluate(({ scrollTop }) => scrollTop);
  expect(top).toBeGreaterThan(9900 * 34);
  const tasks = await longTasks(tab);
  report('Scrolling over 10,000 channels', tasks);
  expect(Math.max(0, ...tasks)).toBeLessThanOrEqual(LONGEST_TASK);
  expect(await page.locator('.row').count()).toBeLessThan(60);
  expect(tab.complaints).toEqual([]);
});

test('a restart of the daemon is seen, and the dashboard continues with the new one', async () => {
  const tab = await open(3);
  const { page } = tab;
  await daemon.stop();
  await page.locator('.link', { hasText: 'Reconnecting' }).waitFor();
  daemon = await BuiltDaemon.start(ports).untilReady();
  await page.locator('.link', { hasText: 'Connected' }).waitFor();
  await page.locator('.channels-foot', { hasText: '0 of 0 shown' }).waitFor();
  await broker.send('after', 'STARTED');
  await page.locator('.row', { hasText: 'after' }).waitFor();
  expect(tab.complaints).toEqual([]);
});
