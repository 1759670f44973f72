import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scenario } from '../../src/cli/scenario.js';
import { setUpPage } from './page-setup.js';
import { seededRandom } from './seeded-random.js';

/** The folder of the screenshots. Without it there are none. */
const DIRECTORY = process.env['PAGE_STATES'];
if (DIRECTORY) mkdirSync(DIRECTORY, { recursive: true });

const PHONE = { width: 320, height: 640 };
/** 1280 x 1024 pixels at 400 %. */
const ZOOMED = { width: 320, height: 256 };

interface State {
  readonly query?: string;
  readonly messages: readonly (readonly string[])[];
  /** A text of the headline. */
  readonly shows: string;
  readonly lost?: boolean;
}

const MIXED = scenario('failed-tasks', 21, seededRandom(7));

const STATES: Readonly<Record<string, State>> = {
  waiting: { messages: [], shows: 'Waiting' },
  running: { query: '?expected=21', messages: MIXED.slice(0, 16), shows: 'Running' },
  'without total': { messages: MIXED.slice(0, 16), shows: 'Running' },
  embedded: { query: '?embed&expected=21', messages: MIXED.slice(0, 16), shows: 'Running' },
  aborted: { messages: [['STARTED'], ['TASK', 'a', 'COMPLETED'], ['ABORTED']], shows: 'Aborted' },
  'without a worker': { messages: [['FAILED']], shows: 'Failed' },
  mixed: { query: '?expected=21', messages: MIXED, shows: 'Finished' },
  finished: { messages: scenario('ok', 21, seededRandom(7)), shows: 'Finished' },
  partial: { messages: [['TASK', 'a', 'ODD'], ['FINISHED']], shows: 'Finished' },
  lost: { query: '?expected=21', messages: MIXED.slice(0, 16), shows: 'Last known state', lost: true },
};

describe.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['phone', { colorScheme: 'light', viewport: PHONE }],
  ['dark phone', { colorScheme: 'dark', viewport: PHONE }],
  ['400 percent', { colorScheme: 'light', viewport: ZOOMED }],
  ['forced colours', { forcedColors: 'active' }],
  ['czech', { colorScheme: 'light', locale: 'cs-CZ', viewport: PHONE }],
] as const)('%s', (look, options) => {
  const setup = setUpPage({}, { viewport: { width: 720, height: 720 }, reducedMotion: 'reduce', ...options });

  test('each state has no violation of axe and fits the width', async () => {
    for (const [name, { query = '', messages, shows, lost }] of Object.entries(STATES)) {
      setup.id = `4711-${name}`;
      setup.line.monitor = setup.monitor.http;
      await setup.play(...messages);
      const { page } = await setup.open(query);
      await page.locator('.rows').waitFor({ state: 'attached' });
      if (messages.length > 0) await page.locator('.row').first().waitFor({ state: 'attached' });
      if (lost) setup.line.cut();
      if (look !== 'czech') await setup.shown('.headline .words', shows);
      expect([name, await setup.violations()]).toEqual([name, []]);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect([name, width]).toEqual([name, page.viewportSize()!.width]);
      if (DIRECTORY) await page.screenshot({ path: `${DIRECTORY}/${name} ${look}.png`.replaceAll(' ', '-') });
      expect(setup.tab!.complaints).toEqual([]);
      await page.close();
    }
  });
});
