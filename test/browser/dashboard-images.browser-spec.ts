import { describe, expect, test } from 'vitest';
import { fillBusy } from '../fixtures/web/busy-monitor.js';
import { FakeAdmin } from '../fixtures/web/fake-admin.js';
import { startChromium } from './chromium.js';
import { seededRandom } from './seeded-random.js';

/** The folder of the screenshots, such as `docs/images`. Without it the file is skipped. */
const DIRECTORY = process.env['PAGE_IMAGES'] ?? '';
/** Bytes. */
const MAX_SIZE = 240 * 1024;

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

describe.runIf(DIRECTORY !== '')('screenshots of the dashboard', () => {
  test.each([
    ['light', { colorScheme: 'light', viewport: DESKTOP }],
    ['dark', { colorScheme: 'dark', viewport: DESKTOP }],
    ['phone', { colorScheme: 'light', viewport: PHONE, deviceScaleFactor: 2 }],
  ] as const)('%s', async (look, options) => {
    const admin = await FakeAdmin.start();
    const id = fillBusy(admin, seededRandom(11));
    const chromium = await startChromium({ ...options, reducedMotion: 'reduce' });
    const { page } = await chromium.open(admin.url);
    await page.locator('.warning').first().waitFor();
    await page.locator('.link', { hasText: 'Connected' }).waitFor();
    if (look === 'dark') {
      await page.locator('.row', { hasText: id }).click();
      await page.locator('.message').first().waitFor();
      await page.mouse.move(0, 0);
    }
    await page.evaluate('document.fonts.ready.then(() => new Promise(requestAnimationFrame))');
    const image = await page.screenshot({ path: `${DIRECTORY}/dashboard-${look}.png` });
    expect(image.length).toBeLessThan(MAX_SIZE);
    await chromium.close();
    admin.close();
  });
});
