import { expect, test } from 'vitest';
import { setUpPage } from './page-setup.js';

const MARKUP = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const MANY = 10_000;

const setup = setUpPage();
const { shown } = setup;

test('markup in an id, a task name, a task state or a command is shown as text', async () => {
  setup.id = MARKUP;
  await setup.play(['TASK', MARKUP, 'COMPLETED'], ['TASK', 'odd', MARKUP], [MARKUP]);
  const { page } = await setup.open();
  await page.locator('.row').nth(2).waitFor();
  expect(await page.locator('h1 .id').textContent()).toBe(MARKUP);
  expect(await page.locator('.row .name').allTextContents()).toEqual([
    `Message “${MARKUP.slice(0, 80)}”`,
    `odd (${MARKUP.slice(0, 40)}…)`,
    MARKUP,
  ]);
  expect(await page.locator('#page script, #page img').count()).toBe(0);
});

test('invisible characters of a name become visible, and right-to-left text does not affect the row', async () => {
  await setup.play(['TASK', 'a\u202egpj.exe\n\u0000\u200bb', 'COMPLETED'], ['TASK', 'שלום 123', 'FAILED']);
  const { page } = await setup.open();
  await page.locator('.row').nth(1).waitFor();
  const names = await page.locator('.row bdi').allTextContents();
  expect(names).toEqual(['שלום 123', 'a[U+202E]gpj.exe\u240a\u2400[U+200B]b']);
});

test('a task without an id, or with a blank one, is named in words', async () => {
  await setup.play(['TASK', '', 'COMPLETED'], ['TASK', ' \t', 'FAILED']);
  await setup.open();
  await shown('.row.failed bdi', '(task without a name)');
  await shown('.row.completed bdi', '(task without a name)');
  expect(await setup.tab!.page.locator('.row').count()).toBe(2);
});

test('the progress bar has a value only if the total is known', async () => {
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'FAILED']);
  const { page } = await setup.open();
  const bar = page.getByRole('progressbar', { name: 'Tasks of this job' });
  await page.locator('.row').nth(1).waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBeNull();
  expect(await bar.getAttribute('aria-valuetext')).toBe('2 tasks so far: 1 completed, 1 failed');

  await page.goto(setup.line.url(setup.id, '?expected=8'));
  await page.locator('.row').nth(1).waitFor();
  expect(await bar.getAttribute('aria-valuenow')).toBe('2');
  expect(await bar.getAttribute('aria-valuemax')).toBe('8');
  expect(await bar.getAttribute('aria-valuetext')).toBe('2 of 8 tasks: 1 completed, 1 failed');
  expect(await page.title()).toBe(`25 % · Running · ${setup.id}`);
});

test('the keyboard reaches the filter and the list, and scrolls the list', async () => {
  for (let task = 0; task < 200; task++)
    await setup.play(['TASK', `t${task}`, task % 50 ? 'COMPLETED' : 'FAILED']);
  const { page } = await setup.open();
  await shown('.count.completed', '196');
  const { keyboard } = page;
  for (const expected of [
    'Copy link',
    'JSON',
    'Notify me',
    '',
    'All 200',
    'Failed 4',
    'Skipped 0',
    'Failures first',
  ]) {
    await keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe(expected);
  }
  await keyboard.press('Tab');
  expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Tasks and steps, newest first');
  await keyboard.press('End');
  await shown('.row .name', 't0');
  for (let back = 0; back < 3; back++) await keyboard.press('Shift+Tab');
  await keyboard.press('Space');
  expect(await page.locator('.row .name').allTextContents()).toEqual(['t150', 't100', 't50', 't0']);
});

test(`of ${MANY} tasks only few rows are rendered, and new ones do not move the visible ones`, async () => {
  const { page } = await setup.open(`?expected=${MANY}`);
  await shown('.link', 'Live');
  await setup.play(['STARTED']);
  for (let task = 0; task < MANY / 2; task++) await setup.play(['TASK', `task-${task}`, 'COMPLETED']);
  // The list may follow the numbers a moment later.
  await shown('.filter button', '5,001');
  await page.locator('.rows').evaluate((rows) => rows.scrollTo({ top: 44_000 }));
  const row = page.getByText(`task-${MANY / 2 - 1 - 1000}`, { exact: true });
  const before = await row.boundingBox();
  for (let task = MANY / 2; task < MANY; task++) await setup.play(['TASK', `task-${task}`, 'COMPLETED']);
  await shown('.filter button', '10,001');
  expect(await row.boundingBox()).toEqual(before);
  expect(await page.locator('.row').count()).toBeLessThan(60);
  await page.getByRole('button', { name: 'Newest' }).click();
  await shown('.row .name', `task-${MANY - 1}`);
});

test('the page of a long job lists all tasks, also when it is printed at once', async () => {
  await setup.play(['STARTED']);
  for (let task = 0; task < MANY; task++) await setup.play(['TASK', `task-${task}`, 'COMPLETED']);
  const { page } = await setup.open(`?expected=${MANY}`);
  await shown('.caption', '100 %');
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  expect(await page.locator('.filter button').first().textContent()).toBe('All 10,001');
  await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
  await shown('.row .name', `task-${MANY - 1}`);
});
