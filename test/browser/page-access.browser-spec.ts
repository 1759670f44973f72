import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';
import { Chromium, type Tab } from './chromium.js';
import { Line } from './line.js';

const MARKUP = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const MANY = 10_000;

let chromium: Chromium;
let monitor: Monitor;
let broker: FakeBroker;
let line: Line;
let tab: Tab;

beforeAll(async () => {
  chromium = await Chromium.start();
  monitor = await startMonitor();
  broker = await FakeBroker.connect(monitor.endpoint);
  line = await Line.open(monitor.http);
});

afterAll(async () => {
  line.close();
  broker.close();
  await monitor.close();
  await chromium.close();
});

afterEach(async () => {
  expect(tab.complaints).toEqual([]);
  await tab.page.close();
});

test('markup in an id, a task name, a task state or a command is text', async () => {
  const id = `${MARKUP}${randomUUID()}`;
  await broker.send(id, 'TASK', MARKUP, 'COMPLETED');
  await broker.send(id, 'TASK', 'odd', MARKUP);
  await broker.send(id, MARKUP);
  tab = await chromium.open(line.url(id));
  await tab.page.locator('.row').nth(2).waitFor();
  expect(await tab.page.locator('h1 .id').textContent()).toBe(id);
  expect(await tab.page.locator('.row .name').allTextContents()).toEqual([
    `Message “${MARKUP.slice(0, 80)}”`,
    `odd (${MARKUP.slice(0, 40)}…)`,
    MARKUP,
  ]);
  expect(await tab.page.locator('#page script, #page img').count()).toBe(0);
});

test('what can not be seen in a name is made visible, and what turns a line stays inside the name', async () => {
  const id = randomUUID();
  await broker.send(id, 'TASK', 'a\u202egpj.exe\n\u0000\u200bb', 'COMPLETED');
  await broker.send(id, 'TASK', 'שלום 123', 'FAILED');
  tab = await chromium.open(line.url(id));
  await tab.page.locator('.row').nth(1).waitFor();
  const names = await tab.page.locator('.row bdi').allTextContents();
  expect(names).toEqual(['שלום 123', 'a[U+202E]gpj.exe\u240a\u2400[U+200B]b']);
});

test('the progress bar has values only when the total is known', async () => {
  const id = randomUUID();
  await broker.send(id, 'STARTED');
  await broker.send(id, 'TASK', 'a', 'COMPLETED');
  await broker.send(id, 'TASK', 'b', 'FAILED');
  tab = await chromium.open(line.url(id));
  const bar = tab.page.getByRole('progressbar', { name: 'Tasks of this job' });
  await tab.page.locator('.row').nth(1).waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBeNull();
  expect(await bar.getAttribute('aria-valuetext')).toBe('2 tasks so far: 1 completed, 1 failed');

  await tab.page.goto(line.url(id, '?expected=8'));
  await tab.page.locator('.row').nth(1).waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBe('2');
  expect(await bar.getAttribute('aria-valuemax')).toBe('8');
  expect(await bar.getAttribute('aria-valuetext')).toBe('2 of 8 tasks: 1 completed, 1 failed');
  expect(await tab.page.title()).toBe(`25 % · Running · ${id}`);
});

test('the keyboard reaches the filter and the list, and scrolls it', async () => {
  const id = randomUUID();
  for (let task = 0; task < 200; task++)
    await broker.send(id, 'TASK', `t${task}`, task % 50 ? 'COMPLETED' : 'FAILED');
  tab = await chromium.open(line.url(id));
  await shown('.count.completed', '196');
  const { keyboard } = tab.page;
  for (const expected of ['All', 'Failed', 'Skipped']) {
    await keyboard.press('Tab');
    expect(await tab.page.locator(':focus').textContent()).toBe(expected);
  }
  await keyboard.press('Tab');
  expect(await tab.page.locator(':focus').getAttribute('aria-label')).toBe('Tasks and steps, newest first');
  await keyboard.press('End');
  await shown('.row .name', 't0');
  await keyboard.press('Shift+Tab');
  await keyboard.press('Shift+Tab');
  await keyboard.press('Space');
  expect(await tab.page.locator('.row .name').allTextContents()).toEqual(['t150', 't100', 't50', 't0']);
});

test(`${MANY} tasks: few rows exist, and what was scrolled to stays where it is`, async () => {
  const id = randomUUID();
  tab = await chromium.open(line.url(id, `?expected=${MANY}`), WATCH_FRAMES);
  await shown('.link', 'Live');
  await broker.send(id, 'STARTED');
  for (let task = 0; task < MANY / 2; task++) await broker.send(id, 'TASK', `task-${task}`, 'COMPLETED');
  await shown('.count.completed', String(MANY / 2));
  await tab.page.locator('.rows').evaluate((rows) => rows.scrollTo({ top: 44_000 }));
  const name = `task-${MANY / 2 - 1 - 1000}`;
  const before = await tab.page.getByText(name, { exact: true }).boundingBox();
  for (let task = MANY / 2; task < MANY; task++) await broker.send(id, 'TASK', `task-${task}`, 'COMPLETED');
  await shown('.caption', '100 %');
  expect(await tab.page.getByText(name, { exact: true }).boundingBox()).toEqual(before);
  expect(await tab.page.locator('.row').count()).toBeLessThan(60);
  await tab.page.getByRole('button', { name: 'Newest' }).click();
  await shown('.row .name', `task-${MANY - 1}`);
  const longest = await tab.page.evaluate<number>('window.longestGap');
  process.stdout.write(`longest time between two frames: ${Math.round(longest)} ms\n`);
  expect(longest).toBeLessThan(2000);
});

const WATCH_FRAMES = `
  window.longestGap = 0;
  let last = performance.now();
  const frame = (now) => {
    window.longestGap = Math.max(window.longestGap, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
`;

async function shown(selector: string, text: string): Promise<void> {
  await tab.page.locator(selector, { hasText: text }).first().waitFor({ state: 'attached' });
}
