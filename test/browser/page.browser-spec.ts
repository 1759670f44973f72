import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OUTCOMES, scenario, type Outcome } from '../../src/cli/scenario.js';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';
import { Chromium, type Tab } from './chromium.js';
import { countsOf, shownCounts } from './counts.js';
import { Line } from './line.js';

const ENDS: Readonly<Record<Outcome, readonly [headline: string, link: string]>> = {
  ok: ['Finished', 'Ended'],
  'failed-tasks': ['Finished', 'Ended'],
  'failed-build': ['Failed', 'Ended'],
  aborted: ['Finished', 'Ended'],
  rejected: ['Failed', 'Live'],
};

let chromium: Chromium;
let monitor: Monitor;
let broker: FakeBroker;
let line: Line;
let id: string;
let tab: Tab;

beforeAll(async () => {
  chromium = await Chromium.start();
});

afterAll(() => chromium.close());

beforeEach(async () => {
  await startBoth();
  line = await Line.open(monitor.http);
  id = randomUUID();
});

afterEach(async () => {
  expect(tab.complaints).toEqual([]);
  await tab.page.close();
  line.close();
  await stopBoth();
});

describe('counts right', () => {
  test.each(OUTCOMES)('when a job goes %s', async (outcome) => {
    const frames = scenario(outcome, 25, Math.random);
    await open();
    await play(frames);
    await shown('.headline .words', ENDS[outcome][0]);
    await shown('.link', ENDS[outcome][1]);
    expect(await shownCounts(tab.page)).toEqual(countsOf(frames));
  });

  test('when it is opened after the job has ended', async () => {
    const frames = scenario('failed-tasks', 25, Math.random);
    await play(frames);
    await open();
    await shown('.link', 'Ended');
    expect(await shownCounts(tab.page)).toEqual(countsOf(frames));
  });

  test('when no frame is drawn, as in the background', async () => {
    await open('', 'window.requestAnimationFrame = () => 0');
    await play(scenario('ok', 25, Math.random));
    await shown('.link', 'Ended');
    expect(await shownCounts(tab.page)).toEqual([25, 0, 0]);
    expect(await tab.page.title()).toBe(`Finished · ${id}`);
  });
});

test('it tells an attempt from the next', async () => {
  await open();
  await play([['STARTED'], ['TASK', 'a', 'COMPLETED'], ['ABORTED']]);
  await shown('.headline .words', 'Aborted');
  expect(await shownCounts(tab.page)).toEqual([1, 0, 0]);
  await play([['DOWNLOADED']]);
  await shown('.headline .words', 'Attempt 2');
  expect(await shownCounts(tab.page)).toEqual([0, 0, 0]);
});

test('a cut connection is told, and then it goes on as if nothing had been', async () => {
  await open();
  await play([['STARTED'], ['TASK', 'a', 'COMPLETED']]);
  await shown('.headline .words', 'Running');
  line.cut();
  await shown('.link', 'Reconnecting');
  await shown('.headline .words', 'Last known state: Running');
  await shown('[role=status]', 'No connection');
  await play([['TASK', 'b', 'FAILED']]);
  line.monitor = monitor.http;
  await shown('.link', 'Live');
  await play([['TASK', 'c', 'SKIPPED'], ['FINISHED']]);
  await shown('.headline .words', 'Finished');
  expect(await shownCounts(tab.page)).toEqual([1, 1, 1]);
  expect(await tab.page.locator('.row').count()).toBe(5);
  expect(await tab.page.locator('.notice').count()).toBe(0);
});

test('a monitor that comes back without its memory makes the page start over, and say so', async () => {
  await open();
  await play([['STARTED'], ['TASK', 'a', 'COMPLETED']]);
  await shown('.headline .words', 'Running');
  await stopBoth();
  line.monitor = undefined;
  await shown('.headline .words', 'Last known state: Running');
  await startBoth();
  line.monitor = monitor.http;
  await play([
    ['TASK', 'b', 'COMPLETED'],
    ['TASK', 'c', 'COMPLETED'],
  ]);
  await shown('.notice', 'started a new log');
  await shown('.count.completed', '2');
  await play([['FINISHED']]);
  await shown('.headline .words', 'Finished');
  expect(await shownCounts(tab.page)).toEqual([2, 0, 0]);
});

test('a beginning that is no longer kept is told', async () => {
  await stopBoth();
  await startBoth({ limits: { channel_messages: 10 } });
  line.monitor = monitor.http;
  await play(scenario('ok', 25, Math.random));
  await open('?expected=25');
  await shown('.notice', 'beginning of this job is missing');
  await shown('.caption', 'At least');
});

async function startBoth(overrides: Parameters<typeof startMonitor>[0] = {}): Promise<void> {
  monitor = await startMonitor(overrides);
  broker = await FakeBroker.connect(monitor.endpoint);
}

async function stopBoth(): Promise<void> {
  broker.close();
  await monitor.close();
}

async function open(query = '', script = ''): Promise<void> {
  tab = await chromium.open(line.url(id, query), script);
}

async function play(frames: readonly string[][]): Promise<void> {
  for (const frame of frames) await broker.send(id, ...frame);
}

async function shown(selector: string, text: string): Promise<void> {
  await tab.page.locator(selector, { hasText: text }).waitFor({ state: 'attached' });
}
