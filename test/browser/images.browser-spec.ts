import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenario, type JobOutcome as Outcome } from '../../src/cli/scenario.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { startChromium } from './chromium.js';
import { Line } from './line.js';
import { seededRandom } from './seeded-random.js';

/** The folder of the screenshots, such as `docs/images`. Without it the file is skipped. */
const DIRECTORY = process.env['PAGE_IMAGES'] ?? '';

// At this size the files stay below 60 KiB.
const DESKTOP = { width: 660, height: 580 };
const MOBILE = { width: 360, height: 640 };
/** Milliseconds between the first message and the second, so that the elapsed time is not 0:00. */
const AGE = 8000;
/** Milliseconds between two further messages, so that the tasks have a duration. */
const TASK_TIME = 320;
const TASKS = 21;

type Look = Parameters<typeof startChromium>[0];

interface Scene {
  readonly id: string;
  readonly query?: string;
  readonly outcome?: Outcome;
  /** Index of the first message of the scenario that is sent. */
  readonly from?: number;
  /** Index after the last message of the scenario that is sent. */
  readonly until?: (frames: readonly string[][]) => number;
  /** A text of the headline after all messages. */
  readonly shows: string;
  /** Whether the connection is cut before the screenshot. */
  readonly lost?: boolean;
}

const aborted = (frames: readonly string[][]): number =>
  frames.findIndex(([command]) => command === 'ABORTED') + 1;

const SCENES: Readonly<Record<string, Scene>> = {
  waiting: { id: 'student_4711-waiting', shows: 'Waiting' },
  running: {
    id: 'student_4711',
    query: '?expected=21',
    outcome: 'failed-tasks',
    until: () => 16,
    shows: 'Running',
  },
  open: { id: 'student_4711-open', outcome: 'failed-tasks', until: () => 16, shows: 'Running' },
  aborted: {
    id: 'student_4711-aborted',
    query: '?expected=21',
    outcome: 'aborted',
    until: aborted,
    shows: 'Aborted',
  },
  again: {
    id: 'student_4711-again',
    query: '?expected=21',
    outcome: 'aborted',
    until: (frames) => aborted(frames) + 9,
    shows: 'Running',
  },
  unknown: { id: 'student_4711-unknown', shows: 'No information' },
  partial: {
    id: 'student_4711-partial',
    query: '?expected=21',
    outcome: 'ok',
    from: 6,
    shows: 'Finished',
  },
  failed: { id: 'student_4711-failed', outcome: 'failed-build', shows: 'Failed' },
  mixed: { id: 'student_4711-mixed', outcome: 'failed-tasks', shows: 'Finished' },
  finished: { id: 'student_4711-finished', query: '?expected=21', outcome: 'ok', shows: 'Finished' },
  reconnecting: {
    id: 'student_4711-lost',
    query: '?expected=21',
    outcome: 'failed-tasks',
    until: () => 16,
    shows: 'Running',
    lost: true,
  },
};

describe.runIf(DIRECTORY !== '')('screenshots', () => {
  let monitor: Monitor;
  let broker: FakeBroker;

  beforeAll(async () => {
    mkdirSync(DIRECTORY, { recursive: true });
    monitor = await startMonitor({
      page: { results_url: 'https://recodex.example.org/solutions/{id}' },
    });
    broker = await FakeBroker.connect(monitor.endpoint);
  });

  afterAll(async () => {
    broker.close();
    await monitor.close();
  });

  test.each<[string, Look]>([
    ['light', { colorScheme: 'light', viewport: DESKTOP }],
    ['dark', { colorScheme: 'dark', viewport: DESKTOP }],
    ['mobile', { colorScheme: 'light', viewport: MOBILE }],
  ])('%s', async (look, options) => {
    const chromium = await startChromium({ ...options, reducedMotion: 'reduce' });
    await Promise.all(Object.values(SCENES).map((scene) => play(scene, `${scene.id}-${look}`)));
    for (const [name, { id, query, shows, lost }] of Object.entries(SCENES)) {
      const line = await Line.open(monitor.http);
      const channel = `${id}-${look}`;
      const { page } = await chromium.open(line.url(channel, query));
      await page.locator('.headline', { hasText: shows }).waitFor();
      if (lost) {
        line.cut();
        await page.getByText(/Reconnecting in/).waitFor();
      }
      await page.evaluate('document.fonts.ready.then(() => new Promise(requestAnimationFrame))');
      const image = await page.screenshot({ path: `${DIRECTORY}/page-${name}-${look}.png` });
      expect(image.length).toBeLessThan(60 * 1024);
      await page.close();
      line.close();
    }
    await chromium.close();
  });

  async function play({ outcome, from, until }: Scene, channel: string): Promise<void> {
    const frames = outcome ? scenario(outcome, TASKS, seededRandom(7)) : [];
    for (const [at, message] of frames.slice(from, until?.(frames)).entries()) {
      if (at > 0) await sleep(at === 1 ? AGE : TASK_TIME);
      await broker.send(channel, ...message);
    }
  }
});
