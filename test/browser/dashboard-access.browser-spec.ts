import { describe, expect, test, vi } from 'vitest';
import { channelOf, sampleAt, statusOf } from '../fixtures/web/admin-data.js';
import { BROWSERS } from './browsers.js';
import { setUpDashboard } from './dashboard-setup.js';

/** CSS pixels that the page is wider than its window. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const PHONE = { viewport: { width: 320, height: 640 } };

describe.each(BROWSERS)('%s', (browser, start) => {
  describe.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { colorScheme: 'light', ...PHONE }],
    ['dark phone', { colorScheme: 'dark', ...PHONE }],
    ['forced colours', { forcedColors: 'active' }],
  ] as const)('%s', (_name, options) => {
    const setup = setUpDashboard({ ...options, reducedMotion: 'reduce' }, start);

    test('has no violation of axe, with the side panel closed and open', async () => {
      fill();
      const { page } = await setup.open();
      await page.locator('.warning').waitFor();
      expect(await setup.violations()).toEqual([]);
      await page.locator('.row').nth(1).click();
      await page.locator('.message').first().waitFor();
      expect(await setup.violations()).toEqual([]);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
    });

    test('has no violation of axe without a connection and after a refused log level', async () => {
      fill();
      const { page } = await setup.open();
      setup.admin.refusal = 'all 10 are in use';
      setup.admin.levelProblem = 'Expected another level';
      setup.admin.cut();
      await page.locator('.conditions', { hasText: 'dashboards' }).waitFor();
      // A tab of Firefox ESR ends when axe examines it after a choice in a list.
      if (browser === 'Chromium') {
        await page.getByLabel('Log level').selectOption('debug');
        await page.locator('.result.bad').waitFor();
      }
      expect(await setup.violations()).toEqual([]);
    });

    function fill(): void {
      const now = Date.now();
      setup.admin.history = Array.from({ length: 900 }, (_, index) =>
        sampleAt(now - (899 - index) * 1000, { messages: index * 7, connections: index, latency_p99: 0.01 }),
      );
      const states = ['running', 'waiting', 'failed', 'aborted', 'finished'] as const;
      setup.admin.channels = Array.from({ length: 50 }, (_, index) =>
        channelOf(`job-${index}`, {
          state: states[index % 5]!,
          attempt: 1 + (index % 2),
          tasks: { completed: 5, failed: 1, skipped: 1 },
        }),
      );
      for (const { id } of setup.admin.channels)
        setup.admin.messages.set(id, [
          {
            id: 'e-1',
            time: new Date(now).toISOString(),
            command: 'TASK',
            task_id: 'a',
            task_state: 'SKIPPED',
          },
        ]);
      setup.admin.status = statusOf({
        limits: [{ key: 'limits.channels', used: 50, limit: 50, reached: 2 }],
        warnings: [{ time: now, level: 'warning', message: 'odd', fields: { a: 1 }, count: 2 }],
      });
    }
  });

  describe('the keyboard', () => {
    const setup = setUpDashboard({}, start);

    test('reaches every control, moves in the table, and opens and closes the side panel', async () => {
      setup.admin.channels = Array.from({ length: 1000 }, (_, index) => channelOf(`c${1000 + index}`));
      const { page } = await setup.open();
      const { keyboard } = page;
      const focused = (): Promise<string> =>
        page.evaluate(`(() => { const { tagName, textContent, ariaLabel, type } = document.activeElement;
        return ariaLabel ?? (type === 'button' ? textContent : tagName); })()`);
      const order: string[] = [];
      for (let at = 0; at < 16; at++) {
        await keyboard.press('Tab');
        order.push((await focused()).trim());
      }
      expect(order).toEqual([
        'SELECT',
        'Filter by the beginning of the id',
        'All 1k',
        'Running 1k',
        'Waiting 0',
        'Failed 0',
        'Aborted 0',
        'Finished 0',
        'DIV',
        'Id',
        'State',
        'Attempt',
        'Tasks',
        'Messages',
        'Subscribers',
        'Age',
      ]);
      await page.locator('.grid').focus();
      await keyboard.press('ArrowDown');
      await keyboard.press('ArrowDown');
      expect(await activeRow()).toBe('c1002');
      await keyboard.press('End');
      expect(await activeRow()).toBe('c1999');
      await keyboard.press('PageUp');
      await keyboard.press('ArrowUp');
      const name = (await activeRow())!;
      expect(Number(name.slice(1))).toBeLessThan(1998 - 5);
      await keyboard.press('Enter');
      await setup.shown('.drawer h2', name);
      await keyboard.press('Escape');
      await vi.waitFor(async () => expect(await page.locator('.drawer').count()).toBe(0));
      expect(await activeRow()).toBe(name);
      expect(await page.evaluate(`document.activeElement.className`)).toBe('grid');
    });

    /** The id that a screen reader hears as the active row. It must be visible. */
    async function activeRow(): Promise<string | null> {
      const { page } = setup.tab!;
      const id = await page.locator('.grid').getAttribute('aria-activedescendant');
      const row = page.locator(`#${id}`);
      const [box, grid] = [await row.boundingBox(), await page.locator('.grid').boundingBox()];
      expect(box!.y).toBeGreaterThanOrEqual(grid!.y);
      expect(box!.y + box!.height).toBeLessThanOrEqual(grid!.y + grid!.height + 1);
      return row.locator('.id').textContent();
    }
  });

  describe('the phone', () => {
    const setup = setUpDashboard(PHONE, start);

    test('keeps the focus in the side panel, which covers the page', async () => {
      setup.admin.channels = [channelOf('job')];
      const { page } = await setup.open();
      await page.locator('.row').click();
      expect((await page.locator('.drawer').boundingBox())!.width).toBeCloseTo(320);
      for (let at = 0; at < 8; at++) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate(`!document.activeElement.closest('.page')`)).toBe(true);
      }
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('.drawer').count()).toBe(0);
    });
  });
});
