import { describe, expect, test } from 'vitest';
import { JOB_OUTCOMES, scenario } from '../../src/cli/scenario.js';
import { countsOf, shownCounts } from './counts.js';
import { setUpPage } from './page-setup.js';
import { seededRandom } from './seeded-random.js';

const ENDS: Readonly<Record<(typeof JOB_OUTCOMES)[number], readonly [headline: string, link: string]>> = {
  ok: ['Finished', 'Ended'],
  'failed-tasks': ['Finished', 'Ended'],
  'failed-build': ['Failed', 'Ended'],
  aborted: ['Finished', 'Ended'],
  rejected: ['Failed', 'Live'],
};

const setup = setUpPage();
const { shown } = setup;
const random = seededRandom(1);

describe('the page counts all tasks', () => {
  test.each(JOB_OUTCOMES)('of a job with the outcome %s', async (outcome) => {
    const messages = scenario(outcome, 25, random);
    const { page } = await setup.open();
    await setup.play(...messages);
    await shown('.headline .words', ENDS[outcome][0]);
    await shown('.link', ENDS[outcome][1]);
    expect(await shownCounts(page)).toEqual(countsOf(messages));
  });

  test('if it is opened after the job has ended', async () => {
    const messages = scenario('failed-tasks', 25, random);
    await setup.play(...messages);
    const { page } = await setup.open();
    await shown('.link', 'Ended');
    expect(await shownCounts(page)).toEqual(countsOf(messages));
  });

  test('if the browser draws no frames, as in a background tab', async () => {
    const { page } = await setup.open('', 'window.requestAnimationFrame = () => 0');
    await setup.play(...scenario('ok', 25, random));
    await shown('.link', 'Ended');
    expect(await shownCounts(page)).toEqual([25, 0, 0]);
    expect(await page.title()).toBe(`Finished · ${setup.id}`);
  });
});

test('the counts start at zero for the next attempt', async () => {
  const { page } = await setup.open();
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['ABORTED']);
  await shown('.headline .words', 'Aborted');
  expect(await shownCounts(page)).toEqual([1, 0, 0]);
  await setup.play(['DOWNLOADED']);
  await shown('.headline .words', 'Attempt 2');
  expect(await shownCounts(page)).toEqual([0, 0, 0]);
});

test('a lost connection is shown, and after the reconnect no message is missing', async () => {
  const { page } = await setup.open();
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await shown('.headline .words', 'Running');
  setup.line.cut();
  await shown('.link', 'Reconnecting');
  await shown('.headline .words', 'Last known state: Running');
  await shown('[role=status]', 'No connection');
  await setup.play(['TASK', 'b', 'FAILED']);
  setup.line.monitor = setup.monitor.http;
  await shown('.link', 'Live');
  await setup.play(['TASK', 'c', 'SKIPPED'], ['FINISHED']);
  await shown('.headline .words', 'Finished');
  expect(await shownCounts(page)).toEqual([1, 1, 1]);
  expect(await page.locator('.row').count()).toBe(5);
  expect(await page.locator('.notice').count()).toBe(0);
});

test('the page starts over and says so if the monitor restarts without its messages', async () => {
  const { page } = await setup.open();
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await shown('.headline .words', 'Running');
  await setup.stopMonitor();
  await shown('.headline .words', 'Last known state: Running');
  await setup.startMonitor({});
  await setup.play(['TASK', 'b', 'COMPLETED'], ['TASK', 'c', 'COMPLETED']);
  await shown('.notice', 'started a new log');
  await shown('.count.completed', '2');
  await setup.play(['FINISHED']);
  await shown('.headline .words', 'Finished');
  expect(await shownCounts(page)).toEqual([2, 0, 0]);
});

test('the page says so if the first messages were trimmed', async () => {
  await setup.stopMonitor();
  await setup.startMonitor({ limits: { channel_messages: 10 } });
  await setup.play(...scenario('ok', 25, random));
  await setup.open('?expected=25');
  await shown('.notice', 'part of this job is missing');
  await shown('.caption', 'At least');
});
