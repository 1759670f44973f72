import { expect, test } from 'vitest';
import { unsignedJwt } from '../fixtures/jwt.js';
import { channelOf, sampleAt } from '../fixtures/web/admin-data.js';
import { setUpDashboard } from './dashboard-setup.js';

const TOKEN = unsignedJwt({ scope: 'admin' });

const setup = setUpDashboard();
const { shown } = setup;

test('the token of the link opens the dashboard, survives a reload, and is in no address', async () => {
  const { admin } = setup;
  admin.token = TOKEN;
  admin.history = [sampleAt(Date.now())];
  admin.channels = [channelOf('job-1')];
  admin.messages.set('job-1', [{ id: 'e-1', time: new Date().toISOString(), command: 'STARTED' }]);
  const { page } = (setup.tab = await setup.browser.open(`${admin.url}#token=${TOKEN}`));
  await shown('.link', 'Connected');
  expect(page.url()).toBe(admin.url);
  await page.reload();
  await shown('.link', 'Connected');
  await page.locator('.row').first().click();
  await page.locator('.message').first().waitFor();
  await page.getByLabel('Log level').selectOption('debug');
  await expect.poll(() => admin.level).toBe('debug');
  expect(admin.requests.filter((url) => url.includes(TOKEN))).toEqual([]);
});

test.each([
  [401, 'wants a valid token'],
  [403, 'does not permit the dashboard'],
])('the dashboard says what its token lacks after %i, and a new link helps', async (status, text) => {
  const { admin } = setup;
  admin.token = TOKEN;
  admin.deniedStatus = status;
  const { page } = await setup.openUnconnected();
  await shown('.conditions', text);
  await page.goto(`${admin.url}#token=${TOKEN}`);
  await shown('.link', 'Connected');
  expect(page.url()).toBe(admin.url);
});
