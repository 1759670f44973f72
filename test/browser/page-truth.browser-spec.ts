import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';
import { Chromium, type Tab } from './chromium.js';
import { shownCounts } from './counts.js';
import { Line } from './line.js';

const RESULTS = 'https://recodex.example.org/solutions/{id}';
/** The page's policy forbids what Playwright's own polling needs. */
const POLL = { timeout: 30_000 };
const NO_WEBSOCKET = 'delete window.WebSocket';

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
  await start();
  line = await Line.open(monitor.http);
  id = `${randomUUID()} a/b`;
});

afterEach(async () => {
  expect(tab.complaints).toEqual([]);
  await tab.page.close();
  line.close();
  await stop();
});

describe('success is not claimed', () => {
  test('after a restart in mid-job, with a failed task before it', async () => {
    tab = await chromium.open(line.url(id));
    await play(['STARTED'], ['TASK', 'a', 'FAILED']);
    await shown('.count.failed', '1');
    await stop();
    line.monitor = undefined;
    await shown('.headline .words', 'Last known state: Running');
    await start();
    line.monitor = monitor.http;
    await play(['TASK', 'b', 'COMPLETED'], ['FINISHED']);
    await shown('.headline.tone-mixed .detail', 'other tasks may have failed');
    await shown('.notice', 'The beginning of this job is missing');
    await shown('.caption', 'At least 1 task');
  });

  test.each([
    ['fewer', 3],
    ['more', 1],
  ])('when %s tasks came than expected', async (_, expected) => {
    tab = await chromium.open(line.url(id, `?expected=${expected}`));
    await play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'COMPLETED'], ['FINISHED']);
    await shown('.headline.tone-mixed .detail', `2 tasks reported, ${expected} expected.`);
  });
});

test('an id of which nothing is known: told, with a link to the results, until the first message', async () => {
  tab = await chromium.open(line.url(id));
  await shown('.headline .words', 'Waiting for the first message');
  expect(await tab.page.locator('.results').count()).toBe(0);
  await shown('.headline .words', 'No information about this job');
  await shown('[role=status]', 'the id may be mistyped');
  const link = tab.page.getByRole('link', { name: 'Open the results of this job' });
  expect(await link.getAttribute('href')).toBe(RESULTS.replace('{id}', encodeURIComponent(id)));
  await play(['STARTED']);
  await shown('.headline .words', 'Running');
  expect(await tab.page.locator('.results').count()).toBe(0);
  await play(['FINISHED']);
  await link.waitFor();
});

test('a job that is queued for longer than retention.idle: its watchers stay', async () => {
  await stop();
  await start(1, 1);
  line.monitor = monitor.http;
  tab = await chromium.open(line.url(id));
  await shown('.headline .words', 'No information about this job');
  await shown('.link', 'Live');
  await play(['STARTED']);
  await shown('.headline .words', 'Running');
  // Only now the channel can be idle.
  await shown('.link', 'Closed, no messages');
});

describe.each([
  ['a WebSocket', ''],
  ['Server-Sent Events', NO_WEBSOCKET],
])('a link that is there but dead (%s)', (_, script) => {
  test('is told after two heartbeats and a half, and replaced', async () => {
    tab = await chromium.open(line.url(id), `${script};${COUNT_BEATS}`);
    await play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await shown('.headline .words', 'Running');
    await expect.poll(() => tab.page.evaluate<number>('window.beats'), POLL).toBeGreaterThanOrEqual(4);
    line.freeze();
    await play(['TASK', 'b', 'FAILED'], ['FINISHED']);
    await shown('.link', 'Reconnecting');
    await shown('.headline .words', 'Last known state: Running');
    line.thaw();
    await shown('.headline .words', 'Finished');
    expect(await shownCounts(tab.page)).toEqual([1, 1, 0]);
  });

  test('is replaced at once when somebody returns to the page', async () => {
    await stop();
    await start(20);
    line.monitor = monitor.http;
    tab = await chromium.open(line.url(id), script);
    await play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await shown('.headline .words', 'Running');
    line.freeze();
    await play(['FINISHED']);
    await expect.poll(() => tab.page.evaluate<string>(RETURN), POLL).not.toContain('Live');
    line.thaw();
    await shown('.headline .words', 'Finished');
  });
});

/** Counts the heartbeats that the page gets: empty batches, or comments in a stream of events. */
const COUNT_BEATS = `
  window.beats = 0;
  const { WebSocket, TextDecoder } = window;
  if (WebSocket) window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => (window.beats += data === '[]'));
    }
  };
  else window.TextDecoder = class extends TextDecoder {
    decode(...given) {
      const text = super.decode(...given);
      window.beats += text === ':\\n\\n';
      return text;
    }
  };
`;

/** Somebody returns to the page; what it then says of its link. */
const RETURN = `
  document.dispatchEvent(new Event('visibilitychange'));
  document.querySelector('.link').textContent
`;

async function start(interval = 1, idle = 3600): Promise<void> {
  monitor = await startMonitor({
    heartbeat: { interval },
    page: { results_url: RESULTS },
    retention: { idle },
  });
  broker = await FakeBroker.connect(monitor.endpoint);
}

async function stop(): Promise<void> {
  broker.close();
  await monitor.close();
}

async function play(...frames: string[][]): Promise<void> {
  for (const frame of frames) await broker.send(id, ...frame);
}

async function shown(selector: string, text: string): Promise<void> {
  await tab.page.locator(selector, { hasText: text }).waitFor({ state: 'attached' });
}
