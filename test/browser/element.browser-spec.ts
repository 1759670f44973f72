import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { unsignedJwt } from '../fixtures/jwt.js';
import { TokenGate } from '../fixtures/token-gate.js';
import { violationsIn } from './axe.js';
import { BROWSERS } from './browsers.js';
import { ClientApp, subscribersOf } from './client-app.js';
import { setUpPage } from './page-setup.js';

const ELEMENT = '<script type="module" src="/package/element.js"></script>';

const KEEP_LAST_SOCKET = `
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      window.lastSocket = this;
    }
  };
`;

describe.each(BROWSERS)('%s', (_browser, start) => {
  const setup = setUpPage({}, {}, start);
  let app: ClientApp | undefined;

  afterEach(() => {
    app?.close();
    app = undefined;
  });

  /** Opens a page with the element. `{src}` stands for the URL of the job. @param script runs before it */
  async function open(html: string, script = ''): Promise<Page> {
    app = await ClientApp.start(html.replaceAll('{src}', setup.line.url(setup.id)) + ELEMENT);
    const { page } = await setup.openUrl(app.url, script);
    return page;
  }

  const text = (page: Page): Promise<string> => page.locator('[part=text]').innerText();
  const bar = (page: Page, name: string): Promise<string | null> =>
    page.locator('[role=progressbar]').getAttribute(name);
  const connection = (page: Page, state: string): Promise<unknown> =>
    page.waitForSelector(`recodex-progress[connection=${state}]`);

  test('the element shows the progress as a bar and as text, and axe finds no violation', async () => {
    const page = await open('<recodex-progress src="{src}" expected="4" label="Job 7"></recodex-progress>');
    await connection(page, 'live');
    expect(await text(page)).toBe('Waiting for the first message');
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'FAILED']);
    await page.waitForSelector('recodex-progress[job=running]');
    await page.waitForFunction(`document.querySelector('recodex-progress').progress.summary.messages === 3`);
    expect(await text(page)).toBe('Running: 2 of 4 tasks, 1 failed');
    const values = await Promise.all(
      ['label', 'valuemin', 'valuenow', 'valuemax', 'valuetext'].map((name) => bar(page, `aria-${name}`)),
    );
    expect(values).toEqual(['Job 7', '0', '2', '4', 'Running: 2 of 4 tasks, 1 failed']);
    expect(await violationsIn(page)).toEqual([]);
    await setup.play(['FINISHED']);
    await page.waitForSelector('recodex-progress[job=finished][connection=ended]');
    expect(await text(page)).toBe('Finished: 2 of 4 tasks, 1 failed');
  });

  test('without the number of tasks the bar is indeterminate, and with a smaller one it stays at most full', async () => {
    const page = await open('<recodex-progress src="{src}"></recodex-progress>');
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'SKIPPED']);
    await page.waitForFunction(`document.querySelector('recodex-progress').progress.summary.messages === 3`);
    expect([await bar(page, 'aria-valuenow'), await text(page)]).toEqual([
      null,
      'Running: 2 tasks, 1 skipped',
    ]);
    await page.evaluate(`document.querySelector('recodex-progress').setAttribute('expected', '1')`);
    expect([await bar(page, 'aria-valuenow'), await bar(page, 'aria-valuemax')]).toEqual(['2', '2']);
    expect(await page.locator('[part=fill]').evaluate((fill) => fill.style.inlineSize)).toBe('100%');
  });

  test('the element resumes when it is moved, follows another job, and stops when it is removed', async () => {
    const html = '<recodex-progress src="{src}"></recodex-progress><aside></aside>';
    const page = await open(html, KEEP_LAST_SOCKET);
    await connection(page, 'live');
    await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
    await page.waitForFunction(`document.querySelector('recodex-progress').progress.summary.messages === 2`);
    await page.evaluate(`document.querySelector('aside').append(document.querySelector('recodex-progress'))`);
    await connection(page, 'live');
    expect(await page.evaluate('lastSocket.url')).toContain('?after=');
    await setup.play(['TASK', 'b', 'COMPLETED']);
    await page.waitForFunction(`document.querySelector('recodex-progress').progress.summary.messages === 3`);

    const { id } = setup;
    setup.id = `${id} other`;
    await page.evaluate(
      `document.querySelector('recodex-progress').setAttribute('src', ${JSON.stringify(setup.line.url(setup.id))})`,
    );
    await setup.play(['STARTED']);
    await page.waitForFunction(`document.querySelector('recodex-progress').progress.summary.messages === 1`);
    await page.evaluate(`(globalThis.removed = document.querySelector('recodex-progress')).remove()`);
    expect(await page.evaluate('removed.isConnected')).toBe(false);
    await expect.poll(() => subscribersOf(setup.line.url(setup.id))).toBe(0);
  });

  test('a page styles its parts, and writes its text', async () => {
    const page = await open(`
    <style>recodex-progress::part(fill) { background: rgb(1, 2, 3) }</style>
    <recodex-progress src="{src}" expected="2"></recodex-progress>`);
    await connection(page, 'live');
    await page.evaluate(
      `document.querySelector('recodex-progress').formatText = ({ summary }, expected) => summary.state + ' ' + expected`,
    );
    await setup.play(['STARTED']);
    await page.waitForSelector('recodex-progress[job=running]');
    expect(await text(page)).toBe('running 2');
    const fill = `document.querySelector('recodex-progress').shadowRoot.querySelector('[part=fill]')`;
    expect(await page.evaluate(`getComputedStyle(${fill}).backgroundColor`)).toBe('rgb(1, 2, 3)');
  });

  test('the property token gives access, and a new one opens another stream', async () => {
    const gate = await TokenGate.open(setup.monitor.http);
    const [first, second] = [1, 2].map((exp) => unsignedJwt({ exp })) as [string, string];
    for (const token of [first, second]) gate.grants.set(token, [setup.id]);
    setup.line.monitor = gate.http;
    const page = await open('<recodex-progress></recodex-progress>');
    await page.evaluate(`(async () => {
    const element = document.querySelector('recodex-progress');
    element.token = ${JSON.stringify(first)};
    element.setAttribute('src', ${JSON.stringify(setup.line.url(setup.id))});
  })()`);
    await connection(page, 'live');
    await page.evaluate(`document.querySelector('recodex-progress').token = () => ${JSON.stringify(second)}`);
    await expect.poll(() => gate.requests.at(-1)?.headers['sec-websocket-protocol']).toContain(second);
    await connection(page, 'live');
    gate.close();
  });

  test('the module may be loaded twice', async () => {
    const page = await open('<recodex-progress src="{src}"></recodex-progress>');
    await page.evaluate(`import('/package/element.js?again')`);
    await connection(page, 'live');
    expect(await text(page)).toBe('Waiting for the first message');
  });
});
