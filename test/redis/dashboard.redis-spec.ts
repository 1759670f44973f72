import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../browser/browser.js';
import { startChromium } from '../browser/chromium.js';
import { RelayCluster } from '../fixtures/redis/relay-cluster.js';

let cluster: RelayCluster;
let chromium: Browser;

beforeAll(async () => {
  chromium = await startChromium({ viewport: { width: 1280, height: 800 } });
});
afterAll(() => chromium.close());
afterEach(() => cluster.remove());

it('the dashboard of an edge follows a job of the ingest, an outage of Redis and the return', async () => {
  cluster = await RelayCluster.start();
  const ingest = await cluster.add('ingest');
  const edge = await cluster.add('edge');
  const { page } = await chromium.open(`${edge.adminUrl}/`);
  const shown = (selector: string, text: string | RegExp): Promise<void> =>
    page.locator(selector, { hasText: text }).first().waitFor({ state: 'attached' });

  await shown('.relay', 'shows messages of another process');
  await shown('.relay', 'held by another process');
  await ingest.send(['relayed', 'STARTED'], ['relayed', 'TASK', 'a', 'FAILED']);
  await page.locator('.row', { hasText: 'relayed' }).click();
  await shown('.message.failed', 'a');
  expect((await page.locator('.conditions').allTextContents()).join()).not.toMatch(/Redis|lease/);

  await cluster.redis.kill();
  await shown('.relay.alarm', 'Redis is away');
  await shown('.conditions', 'Redis does not answer. Clients get no new messages.');
  await cluster.redis.start();
  await shown('.relay:not(.alarm)', 'shows messages of another process');
  await ingest.send(['relayed', 'FINISHED']);
  await shown('.message', 'FINISHED');
  await page.close();

  const leading = await chromium.open(`${ingest.adminUrl}/`);
  await leading.page.locator('.relay', { hasText: 'takes messages' }).waitFor({ state: 'attached' });
  await leading.page.locator('.relay', { hasText: 'held by this process' }).waitFor({ state: 'attached' });
  await leading.page.close();
}, 90_000);
