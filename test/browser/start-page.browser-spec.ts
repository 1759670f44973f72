import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Admission } from '../../src/gateway/admission.js';
import { FakeBroker, startMonitor, type Monitor } from '../fixtures/monitor.js';
import { Chromium, type Tab } from './chromium.js';

let chromium: Chromium;
let monitor: Monitor;
let broker: FakeBroker;
let tab: Tab;

beforeAll(async () => {
  chromium = await Chromium.start();
});

afterAll(() => chromium.close());

beforeEach(async () => {
  monitor = await startMonitor({ page: { results_url: 'https://r.example.org/{id}?a="<&' } });
  broker = await FakeBroker.connect(monitor.endpoint);
});

afterEach(async () => {
  expect(tab.complaints).toEqual([]);
  await tab.page.close();
  broker.close();
  await monitor.close();
});

describe('the page that asks for a job', () => {
  test.each(['/', '//', '/monitor/', '/?x=1', '/no/such/address'])(
    'leads by the keyboard to the page of the job, from %s',
    async (path) => {
      tab = await chromium.open(monitor.http + path);
      const prefix = new URL('.', tab.page.url()).href;
      // The field has the focus.
      await tab.page.keyboard.type('  a/ž %2F?#&"<b> ');
      await tab.page.keyboard.press('Enter');
      await tab.page.locator('h1 .id').waitFor();
      expect(tab.page.url()).toBe(`${prefix}channels/${encodeURIComponent('a/ž %2F?#&"<b>')}`);
      expect(await tab.page.locator('h1 .id').textContent()).toBe('a/ž %2F?#&"<b>');
    },
  );

  test.each(['..', '.'])('says that %s is no name in a URL', async (id) => {
    tab = await chromium.open(monitor.http);
    await tab.page.getByLabel('Job id').fill(id);
    await tab.page.getByRole('button').click();
    await tab.page.getByRole('alert').filter({ hasText: id }).waitFor();
    expect(tab.page.url()).toBe(`${monitor.http}/`);
  });

  test('goes nowhere without an id', async () => {
    tab = await chromium.open(monitor.http);
    await tab.page.getByLabel('Job id').fill('  ');
    await tab.page.keyboard.press('Enter');
    expect(tab.page.url()).toBe(`${monitor.http}/`);
  });
});

test('the page of a job can read where the results are', async () => {
  tab = await chromium.open(`${monitor.http}/channels/j`);
  const content = await tab.page.locator('meta[name="results-url"]').getAttribute('content');
  expect(content).toBe('https://r.example.org/{id}?a="<&');
});

test('an EventSource that comes at a bad moment gets the stream a little later', async () => {
  tab = await chromium.open(`${monitor.http}/nothing`);
  const admission = monitor.app.get(Admission);
  admission.drain();
  await tab.page.evaluate(`
    const source = new EventSource('/channels/late');
    window.first = new Promise((resolve) => (source.onmessage = ({ data }) => resolve(JSON.parse(data).command)));
    window.refused = new Promise((resolve) => (source.onerror = () => resolve(source.readyState)));
  `);
  expect(await tab.page.evaluate('window.refused')).toBe(0);
  admission.state = 'open';
  await broker.send('late', 'STARTED');
  expect(await tab.page.evaluate('window.first')).toBe('STARTED');
});
