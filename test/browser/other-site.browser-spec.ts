import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import type { Browser, Tab } from './browser.js';
import { startChromium } from './chromium.js';

const monitors = useMonitors();
let chromium: Browser;
let site: Server;
let origin: string;
let tab: Tab | undefined;

beforeAll(async () => {
  chromium = await startChromium();
  site = createServer((request, response) => {
    // With this header, the page may load nothing of another site that does not agree.
    if (request.url === '/isolated') response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:,">');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await tab?.page.close();
  tab = undefined;
});

afterAll(async () => {
  await chromium.close();
  site.close();
});

/** Opens a page of the other site. Its scripts know the URL of the job as `job`, and of the monitor as `monitor`. */
async function openSite(path: string, origins: string[]): Promise<Page> {
  const running = await monitors.start({}, { origins });
  await running.play('job', 'STARTED', 'FINISHED');
  const { http } = running.monitor;
  const script = `Object.assign(window, { monitor: '${http}', job: '${http}/channels/job' });`;
  tab = await chromium.open(origin + path, script);
  return tab.page;
}

/** Whether a frame of the page shows the document. Chromium shows a page of its own in place of a refused one. */
async function isFramed(page: Page, url: string): Promise<boolean> {
  const loaded = `new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.onload = () => resolve();
    frame.src = ${url};
    document.body.append(frame);
  })`;
  await page.evaluate(loaded);
  return page.frames().at(-1)!.url().startsWith('http:');
}

const READ_SUMMARY = `fetch(job, { headers: { Accept: 'application/json' } }).then((answer) => answer.json())`;

const READ_EVENTS = `new Promise((resolve, reject) => {
  const source = new EventSource(job);
  source.onmessage = ({ data }) => (source.close(), resolve(JSON.parse(data).command));
  source.onerror = () => (source.close(), reject(new Error('no event stream')));
})`;

const WATCH = `import(monitor + '/client.js').then(({ watch }) => new Promise((resolve) => {
  watch(job).addEventListener('end', ({ detail }) => resolve(detail.reason));
}))`;

/** Loads without CORS, as `<script>` and `<img>` do. */
const LOAD = `fetch(job, { mode: 'no-cors', headers: { Accept: 'application/json' } }).then(() => 'loaded', () => 'refused')`;

describe.each(['/', '/isolated'])('a page of a site in origins at %s', (path) => {
  it('reads the summary and the event stream, and imports the client library', async () => {
    const page = await openSite(path, [origin]);
    expect(await page.evaluate(READ_SUMMARY)).toMatchObject({ id: 'job', messages: 2 });
    expect(await page.evaluate(READ_EVENTS)).toBe('STARTED');
    expect(await page.evaluate(WATCH)).toBe('finished');
  });
});

it('a page of a site in origins shows the page of a job in a frame, and not the start page', async () => {
  const page = await openSite('/', [origin]);
  expect(await isFramed(page, 'job')).toBe(true);
  expect(await isFramed(page, 'monitor')).toBe(false);
});

it('a page of any other site neither reads, loads nor frames a job, but imports the client library', async () => {
  const page = await openSite('/', []);
  await expect(page.evaluate(READ_SUMMARY)).rejects.toThrow('Failed to fetch');
  await expect(page.evaluate(READ_EVENTS)).rejects.toThrow('no event stream');
  expect(await page.evaluate(LOAD)).toBe('refused');
  expect(await isFramed(page, 'job')).toBe(false);
  expect(await page.evaluate(WATCH)).toBe('finished');
});
