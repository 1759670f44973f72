import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { shownCounts } from './counts.js';
import { setUpPage } from './page-setup.js';

const RESULTS = 'https://recodex.example.org/solutions/{id}';
/** The content security policy of the page forbids the polling of Playwright, so the test polls. */
const POLL = { timeout: 30_000 };
const NO_WEBSOCKET = 'delete window.WebSocket';
const SETTINGS = { heartbeat: { interval: 1 }, page: { results_url: RESULTS } };

const setup = setUpPage(SETTINGS);
const { shown } = setup;

describe('the page does not claim success', () => {
  test('if the monitor restarted during the job, after a failed task', async () => {
    await setup.open();
    await setup.play(['STARTED'], ['TASK', 'a', 'FAILED']);
    await shown('.count.failed', '1');
    await setup.stopMonitor();
    await shown('.headline .words', 'Last known state: Running');
    await setup.startMonitor(SETTINGS);
    await setup.play(['TASK', 'b', 'COMPLETED'], ['FINISHED']);
    await shown('.headline.tone-mixed .detail', 'other tasks may have failed');
    await shown('.notice', 'A part of this job is missing');
    await shown('.caption', 'At least 1 task');
  });

  test.each([
    ['fewer', 3],
    ['more', 1],
  ])('if %s tasks were reported than expected', async (_, expected) => {
    await setup.open(`?expected=${expected}`);
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'COMPLETED'], ['FINISHED']);
    await shown('.headline.tone-mixed .detail', `2 tasks reported, ${expected} expected.`);
  });
});

test('without messages, the page says so and links to the results until the first message', async () => {
  const { page } = await setup.open();
  await shown('.headline .words', 'Waiting for the first message');
  expect(await page.locator('.results').count()).toBe(0);
  await shown('.headline .words', 'No information about this job');
  await shown('[role=status]', 'the id may be mistyped');
  const link = page.getByRole('link', { name: 'Open the results of this job' });
  expect(await link.getAttribute('href')).toBe(RESULTS.replace('{id}', encodeURIComponent(setup.id)));
  await setup.play(['STARTED']);
  await shown('.headline .words', 'Running');
  expect(await page.locator('.results').count()).toBe(0);
  await setup.play(['FINISHED']);
  await link.waitFor();
});

test('the page of a job without messages stays connected for longer than retention.idle', async () => {
  await setup.stopMonitor();
  await setup.startMonitor({ ...SETTINGS, retention: { idle: 1 } });
  await setup.open();
  await shown('.headline .words', 'No information about this job');
  await shown('.link', 'Live');
  await setup.play(['STARTED']);
  await shown('.headline .words', 'Running');
  // The idle time starts with the first message.
  await shown('.link', 'Closed, no messages');
});

describe.each([
  ['a WebSocket', ''],
  ['Server-Sent Events', NO_WEBSOCKET],
])('a dead connection (%s)', { timeout: 150_000 }, (_, script) => {
  test('is shown after two and a half heartbeat intervals, and replaced', async () => {
    const { page } = await setup.open('', `${script};${COUNT_HEARTBEATS}`);
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await shown('.headline .words', 'Running');
    await expect.poll(() => page.evaluate<number>('window.heartbeats'), POLL).toBeGreaterThanOrEqual(4);
    setup.line.freeze();
    await setup.play(['TASK', 'b', 'FAILED'], ['FINISHED']);
    await shown('.link', 'Reconnecting');
    await shown('.headline .words', 'Last known state: Running');
    setup.line.thaw();
    await shownFinished(page);
    expect(await shownCounts(page)).toEqual([1, 1, 0]);
  });

  test('is replaced at once when the user returns to the page', async () => {
    await setup.stopMonitor();
    await setup.startMonitor({ ...SETTINGS, heartbeat: { interval: 20 } });
    const { page } = await setup.open('', script);
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await shown('.headline .words', 'Running');
    setup.line.freeze();
    await setup.play(['FINISHED']);
    await expect.poll(() => page.evaluate<string>(RETURN), POLL).not.toContain('Live');
    setup.line.thaw();
    await shownFinished(page);
  });
});

/**
 * An attempt that started before the thaw must time out first. For Server-Sent Events, the browser then uses its idle
 * connections, which are dead too: each takes another attempt of up to 10 s.
 */
async function shownFinished(page: Page): Promise<void> {
  const finished = page.locator('.headline .words', { hasText: 'Finished' });
  await finished.waitFor({ state: 'attached', timeout: 100_000 });
}

/** Counts the heartbeats that the page receives: empty batches, or comments in a stream of events. */
const COUNT_HEARTBEATS = `
  window.heartbeats = 0;
  const { WebSocket, TextDecoder } = window;
  if (WebSocket) window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data }) => (window.heartbeats += data === '[]'));
    }
  };
  else window.TextDecoder = class extends TextDecoder {
    decode(...given) {
      const text = super.decode(...given);
      window.heartbeats += text === ':\\n\\n';
      return text;
    }
  };
`;

/** Simulates that the user returns to the page. Evaluates to the text of the indicator. */
const RETURN = `
  document.dispatchEvent(new Event('visibilitychange'));
  document.querySelector('.link').textContent
`;
