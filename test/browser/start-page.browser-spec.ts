import { describe, expect, test } from 'vitest';
import { TestClient } from '../fixtures/test-client.js';
import { BROWSERS } from './browsers.js';
import { setUpPage } from './page-setup.js';

const RESULTS = 'https://r.example.org/{id}?a="<&';

describe.each(BROWSERS)('%s', (_browser, start) => {
  const setup = setUpPage({ page: { results_url: RESULTS } }, {}, start);

  describe('the start page', () => {
    test.each(['/', '//', '/monitor/', '/?x=1', '/no/such/address'])(
      'at %s leads to the page of a job by keyboard alone',
      async (path) => {
        const { page } = await setup.openUrl(setup.monitor.http + path);
        const prefix = new URL('.', page.url()).href;
        // The input field has the focus.
        await page.keyboard.type('  a/ž %2F?#&"<b> ');
        await page.keyboard.press('Enter');
        await page.locator('h1 .id').waitFor();
        expect(page.url()).toBe(`${prefix}channels/${encodeURIComponent('a/ž %2F?#&"<b>')}`);
        expect(await page.locator('h1 .id').textContent()).toBe('a/ž %2F?#&"<b>');
      },
    );

    test.each(['..', '.'])('rejects the id %s, because no URL can contain it', async (id) => {
      const { page } = await setup.openUrl(setup.monitor.http);
      await page.getByLabel('Job id').fill(id);
      await page.getByRole('button').click();
      await page.getByRole('alert').filter({ hasText: id }).waitFor();
      expect(page.url()).toBe(`${setup.monitor.http}/`);
    });

    test('stays open if the id is empty', async () => {
      const { page } = await setup.openUrl(setup.monitor.http);
      await page.getByLabel('Job id').fill('  ');
      await page.keyboard.press('Enter');
      expect(page.url()).toBe(`${setup.monitor.http}/`);
    });
  });

  test('the start page speaks Czech to those who prefer it', async () => {
    const browser = await start({ locale: 'cs-CZ' });
    const { page, complaints } = await browser.open(`${setup.monitor.http}/no/such/address`);
    await page.getByRole('alert').filter({ hasText: 'Na této adrese nic není.' }).waitFor();
    await page.getByLabel('Identifikátor vyhodnocení').fill('..');
    await page.getByRole('button', { name: 'Sledovat' }).click();
    await page.getByRole('alert').filter({ hasText: 'nemůže být součástí adresy' }).waitFor();
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await browser.close();
  });

  test('the page of a job contains the template of the results URL', async () => {
    const { page } = await setup.open();
    const content = await page.locator('meta[name="results-url"]').getAttribute('content');
    expect(content).toBe(RESULTS);
  });

  test('an EventSource that a full monitor turns away gets the stream later', async () => {
    await setup.stopMonitor();
    await setup.startMonitor({ limits: { connections: 1 } });
    const occupant = await new TestClient(`${setup.monitor.ws}/channels/other`).opened();
    const { page } = await setup.openUrl(`${setup.monitor.http}/nothing`);
    await page.evaluate(`
    const source = new EventSource('/channels/late');
    window.first = new Promise((resolve) => (source.onmessage = ({ data }) => resolve(JSON.parse(data).command)));
    window.stateAfterError = new Promise((resolve) => (source.onerror = () => resolve(source.readyState)));
  `);
    // 0 is CONNECTING: the browser will try again.
    expect(await page.evaluate('window.stateAfterError')).toBe(0);
    occupant.socket.close();
    await setup.broker.send('late', 'STARTED');
    expect(await page.evaluate('window.first')).toBe('STARTED');
  });
});
