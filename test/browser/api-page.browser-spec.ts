import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import type { Browser } from './browser.js';
import { startChromium } from './chromium.js';

const running = setUpMonitor();
let chromium: Browser;

beforeAll(async () => void (chromium = await startChromium()));
afterAll(() => chromium.close());

it('shows the routes of the admin listener, within its policy', async () => {
  const { page, complaints } = await chromium.open(`${running.monitor.admin}/api`);
  const routes = page.locator('.opblock-summary-path');
  await routes.first().waitFor();
  expect(await routes.allInnerTexts()).toEqual(expect.arrayContaining(['/status', '/log-level']));
  expect(complaints).toEqual([]);
});

it('sends a request from the page', async () => {
  const { page, complaints } = await chromium.open(`${running.monitor.admin}/api`);
  await page.locator('.opblock-put .opblock-summary-control').click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.locator('textarea.body-param__text').fill('{"level":"warning"}');
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.locator('.live-responses-table .response-col_status').last().waitFor();
  expect(await page.locator('.live-responses-table .response-col_status').last().innerText()).toContain(
    '200',
  );
  expect(complaints).toEqual([]);
});
