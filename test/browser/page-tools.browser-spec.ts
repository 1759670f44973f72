import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BROWSERS } from './browsers.js';
import { setUpPage } from './page-setup.js';

const UUID = '2341b599-c388-4357-8fea-be1e3bb182e0';
const TASKS = [
  ['TASK', `.${UUID}.compilation.0`, 'COMPLETED'],
  ['TASK', `t01.${UUID}.run.1`, 'FAILED'],
  ['TASK', `t01.${UUID}.judge.2`, 'SKIPPED'],
  ['TASK', `t02.${UUID}.run.3`, 'COMPLETED'],
  ['TASK', `t02.${UUID}.judge.4`, 'COMPLETED'],
] as const;

describe.each(BROWSERS)('%s', (browser, start) => {
  const setup = setUpPage({}, {}, start);
  const { shown } = setup;

  const names = (): Promise<string[]> => setup.tab!.page.locator('.row .name').allTextContents();

  async function openJob(query = '', script = ''): Promise<void> {
    await setup.play(['STARTED'], ...TASKS);
    await setup.open(query, script);
    await shown('.row .name', 'Compilation');
  }

  describe('the timeline', () => {
    test('names tasks, and keeps their ids in tooltips and copies', async () => {
      await openJob();
      const { page } = setup.tab!;
      expect(await names()).toEqual([
        'Test 02, judge',
        'Test 02, run',
        'Test 01, judge',
        'Test 01, run',
        'Compilation',
        'The evaluation has started',
      ]);
      expect(await page.locator('.row .name').first().getAttribute('title')).toBe(TASKS[4][1]);
      // A job may run over midnight.
      const date = new Date().toLocaleDateString('en-GB', { dateStyle: 'long' });
      expect(await page.locator('.row time').first().getAttribute('title')).toContain(date);
      const copied = await page.evaluate<string>(`(() => {
      const [first, second] = document.querySelectorAll('.row');
      getSelection().setBaseAndExtent(first, 0, second, second.childNodes.length);
      const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
      first.dispatchEvent(event);
      return event.clipboardData.getData('text/plain');
    })()`);
      const [first, second] = copied.split('\n').map((line) => line.split('\t')[0]);
      expect([first, second]).toEqual([TASKS[4][1], TASKS[3][1]]);
    });

    test('searches, filters, sorts and groups by keyboard alone', async () => {
      await openJob();
      const { page } = setup.tab!;
      await page.getByLabel('Search tasks').focus();
      await page.keyboard.type('test 01');
      await expect.poll(names).toEqual(['Test 01, judge', 'Test 01, run']);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type('nothing');
      await shown('.nothing', 'No task matches the search.');
      await page.keyboard.press('Escape');
      await expect.poll(names).toHaveLength(6);
      await page.getByRole('button', { name: 'Failures first' }).press('Enter');
      await expect.poll(async () => (await names())[0]).toBe('Test 01, run');
      await page.getByRole('button', { name: 'Group by test' }).press('Space');
      await expect.poll(names).toEqual(['Test 01', 'Test 02', 'Compilation', 'The evaluation has started']);
      const group = page.getByRole('button', { name: 'Test 01' });
      expect(await group.getAttribute('aria-expanded')).toBe('false');
      await group.press('Enter');
      await expect.poll(names).toContain('Test 01, run');
      // Firefox ESR ends when axe examines the page after such use. The states of the page are examined in both browsers.
      if (browser === 'Chromium') expect(await setup.violations()).toEqual([]);
    });

    test('prints all rows', async () => {
      for (let task = 0; task < 200; task++) await setup.play(['TASK', `t${task}`, 'COMPLETED']);
      const { page } = await setup.open();
      await shown('.count.completed', '200');
      await page.locator('.row').first().waitFor();
      expect(await page.locator('.row').count()).toBeLessThan(60);
      await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
      expect(await page.locator('.row').count()).toBe(200);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.row').last().boundingBox()).toMatchObject({
        x: expect.any(Number) as number,
      });
      expect(pagesOf(await page.pdf())).toBeGreaterThan(3);
    });
  });

  describe('the page', () => {
    test.runIf(browser === 'Chromium')(
      'explains how the time that is left is estimated, and where nothing is known says nothing',
      async () => {
        await setup.play(['STARTED']);
        await setup.open('?expected=1000');
        await shown('.link', 'Live');
        for (let task = 0; task < 4; task++) {
          await setup.play(['TASK', `t${task}`, 'COMPLETED']);
          await shown('.count.completed', String(task + 1));
          // The times are those of the monitor.
          await setup.tab!.page.waitForTimeout(1100);
        }
        const { page } = setup.tab!;
        await shown('.left', 'about');
        await page.getByRole('button', { name: 'How this is estimated' }).focus();
        expect(await page.getByRole('tooltip').isVisible()).toBe(true);
        expect(await page.getByRole('tooltip').textContent()).toMatch(
          /^A task took .* on average so far, and 996 are left\. Tasks differ, so this is a rough guess\.$/,
        );
        await shown('.last-task', 'ago');
        await setup.play(['FINISHED']);
        await shown('.headline .words', 'Finished');
        expect(await page.locator('.left, .last-task').count()).toBe(0);
      },
    );

    test('copies its link without the token', async () => {
      await openJob('?expected=5');
      const { page } = setup.tab!;
      await page.evaluate(
        `navigator.clipboard.writeText = (text) => Promise.resolve(void (window.copied = text))`,
      );
      await page.getByRole('button', { name: 'Copy link' }).click();
      await shown('.actions [role=status]', 'Copied');
      expect(await page.evaluate('copied')).toBe(setup.line.url(setup.id, '?expected=5'));
    });

    test('links to the JSON', async () => {
      await openJob();
      const { page } = setup.tab!;
      const href = await page.getByRole('link', { name: 'JSON' }).getAttribute('href');
      const summary = (await (await fetch(href!)).json()) as { id: string };
      expect(summary.id).toBe(setup.id);
    });

    test.each([
      [[['TASK', 'a', 'COMPLETED']], 'Finished · ', '15803d'],
      [[['TASK', 'a', 'FAILED']], 'Finished with problems · ', 'b45309'],
    ])('tells an end after %j by title and icon', async (tasks, title, colour) => {
      await setup.play(['STARTED'], ...tasks, ['FINISHED']);
      const { page } = await setup.open();
      await shown('.headline .words', 'Finished');
      expect(await page.title()).toBe(title + setup.id);
      expect(await page.locator('link[rel=icon]').getAttribute('href')).toContain(colour);
    });

    test('shows the lost connection as an icon that no server serves', async () => {
      await openJob();
      setup.line.cut();
      await shown('.headline .words', 'Last known state');
      const { page } = setup.tab!;
      expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(
        /^data:image\/svg\+xml,.*M9 9l14 14/,
      );
    });

    test('says what a failure without a worker means', async () => {
      await setup.play(['FAILED']);
      await setup.open();
      await shown('.headline.tone-failed .detail', 'No worker took this job');
      await setup.play(['FINISHED']);
      await shown('.link', 'Ended');
      await shown('.headline.tone-failed .detail', 'No worker took this job');
    });

    test.each([
      [true, 1],
      [false, 0],
    ])('notifies about the end once when it is hidden: %s', async (hidden, count) => {
      await openJob('', NOTIFICATIONS);
      const { page } = setup.tab!;
      await page.getByRole('button', { name: 'Notify me' }).click();
      await shown('.actions', 'Will notify');
      await page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden} })`);
      await setup.play(['FINISHED']);
      await shown('.headline .words', 'Finished');
      expect(await page.evaluate('notices.length')).toBe(count);
      if (hidden) expect(await page.evaluate('notices[0]')).toBe(`Finished: ${setup.id}`);
      expect(await page.getByRole('button', { name: /notify/ }).count()).toBe(0);
    });

    test.runIf(browser === 'Chromium')(
      'moves while the job runs, and stands still if the person prefers that',
      async () => {
        await openJob();
        const { page } = setup.tab!;
        const animation = `getComputedStyle(document.querySelector('.badge.moving'), '::after').animationName`;
        await page.locator('.lively').waitFor();
        expect(await page.evaluate(animation)).toBe('turn');
        await page.emulateMedia({ reducedMotion: 'reduce' });
        expect(await page.evaluate(animation)).toBe('none');
      },
    );
  });

  describe('in a frame', () => {
    test('the page shows no heading and no actions', async () => {
      await setup.play(['STARTED'], ...TASKS);
      const { page } = await setup.openUrl('about:blank');
      // This page has the same origin, and no content security policy.
      const holder = new URL('/holder', setup.line.url(setup.id));
      const body = `<iframe style="width: 500px; height: 300px" src="${setup.line.url(setup.id, '?embed')}"></iframe>`;
      await page.route(holder.href, (route) => route.fulfill({ contentType: 'text/html', body }));
      await page.goto(holder.href);
      const frame = page.frameLocator('iframe');
      await frame.locator('.headline', { hasText: 'Running' }).waitFor();
      await frame.locator('.link', { hasText: 'Live' }).waitFor();
      expect(await frame.locator('.actions').count()).toBe(0);
      expect(await frame.locator('h1').getAttribute('class')).toBe('unseen');
    });
  });
});

/** The number of pages of a PDF. Firefox compresses the objects that describe them. */
function pagesOf(pdf: Buffer): number {
  const text = pdf.toString('latin1');
  const objects = [...text.matchAll(/\/Type \/ObjStm[^]*?stream\r?\n([^]*?)endstream/g)].map(([, stream]) =>
    inflateSync(Buffer.from(stream!, 'latin1')).toString('latin1'),
  );
  return [text, ...objects].join('\n').match(/\/Type \/Page\b/g)?.length ?? 0;
}

/** Grants the permission, and keeps the titles of the notifications. */
const NOTIFICATIONS = `
  window.notices = [];
  window.Notification = class extends EventTarget {
    static permission = 'granted';
    static requestPermission = () => Promise.resolve('granted');
    constructor(title) {
      super();
      notices.push(title);
    }
  };
`;
