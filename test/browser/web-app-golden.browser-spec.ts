import { afterEach, describe, expect, it } from 'vitest';
import { GoldenTranscript } from '../fixtures/golden-transcript.js';
import { OriginalMonitor } from '../fixtures/original-monitor.js';
import { setUpPage } from './page-setup.js';
import { WebAppSite, type ProgressShower } from './web-app-site.js';

const BUTTON = `document.querySelector('#results').disabled ? 'disabled' : 'enabled'`;
const SHOWN = `document.querySelector('output').textContent + ' ' + (${BUTTON})`;

/** The number of tasks that the API promises; what the recipe shows at the end; what the unchanged web-app shows. */
const ENDS: readonly (readonly [file: string, expected: number, recipe: string, today: string])[] = [
  ['ok.jsonl', 5, '100 0 0 enabled', '100 0 0 enabled'],
  ['mixed.jsonl', 7, '43 43 14 enabled', '43 43 14 enabled'],
  ['late.second.jsonl', 6, '50 33 17 enabled', '50 33 17 enabled'],
  ['two-clients.a.jsonl', 4, '100 0 0 enabled', '100 0 0 enabled'],
  ['odd-task-ids.jsonl', 8, '75 0 0 enabled', '100 0 0 enabled'],
  ['no-tasks.jsonl', 0, '0 0 0 enabled', '0 0 0 enabled'],
  ['build-failed.jsonl', 4, '0 0 0 enabled', '0 0 0 enabled'],
  ['aborted-then-ok.jsonl', 4, '100 0 0 enabled', '100 0 0 enabled'],
  // The broker gives these jobs up: FAILED comes, and FINISHED never.
  ['aborted.jsonl', 4, '50 0 0 enabled', '150 0 0 enabled'],
  ['reject.late.jsonl', 4, '0 0 0 enabled', '0 0 0 disabled'],
];

const setup = setUpPage();
const site = new WebAppSite(setup);

let original: OriginalMonitor | undefined;
afterEach(() => original?.close());

it('covers all transcripts', () => {
  expect(ENDS.map(([file]) => file).toSorted()).toEqual(GoldenTranscript.all().map(({ file }) => file));
});

describe.each(ENDS)('the web-app shows %s', (file, expected, recipe, today) => {
  const transcript = new GoldenTranscript(file);

  it.each<[ProgressShower, string]>([
    ['today', today],
    ['recipe, original', recipe],
  ])('of the original monitor: %s', async (shower, end) => {
    original = await OriginalMonitor.start(transcript);
    await site.submit(shower, original.url, expected);
    await expectEnd(shower, end);
  });

  it.each<[ProgressShower, string]>([
    ['today', today],
    ['recipe, original', recipe],
    ['recipe', recipe],
  ])('of this monitor: %s', async (shower, end) => {
    await setup.play(...transcript.messages);
    await site.submit(shower, site.monitorUrl, expected);
    await expectEnd(shower, end);
  });

  async function expectEnd(shower: ProgressShower, end: string): Promise<void> {
    const { page } = setup.tab!;
    if (shower === 'today')
      await expect.poll(() => page.evaluate('window.received')).toBe(transcript.frames.length);
    await expect.poll(() => page.evaluate(SHOWN)).toBe(end);
    if (shower !== 'today') expect(await page.evaluate('highest')).toBeLessThanOrEqual(100.001);
  }
});
