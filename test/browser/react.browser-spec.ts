import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientApp, subscribersOf } from './client-app.js';
import { setUpPage } from './page-setup.js';
import { bundleReact } from './react-bundle.js';

/** A page of React in its strict mode, which mounts each component twice. `show(url)` changes the job. */
const APP = `
import { createElement as h, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useProgress } from 'recodex-monitor/react';

function Job() {
  const [url, setUrl] = useState(null);
  globalThis.show = setUrl;
  const { summary, state, end } = useProgress(url);
  return h('p', {}, [summary.state, summary.tasks.completed, state, end?.reason ?? '-'].join(' '));
}
const root = createRoot(document.querySelector('main'));
globalThis.unmount = () => root.unmount();
root.render(h(StrictMode, {}, h(Job)));
`;

/** React recommends its developer tools on the console. */
const QUIET = 'console.info = () => {};';

const setup = setUpPage();
let app: ClientApp;

beforeAll(async () => {
  const script = await bundleReact(APP);
  app = await ClientApp.start('<main></main><script type="module" src="/app.js"></script>', {
    '/app.js': script,
  });
});

afterAll(() => app.close());

test('the hook follows a job in the strict mode with one connection, and another job when the URL changes', async () => {
  const { page } = await setup.openUrl(app.url, QUIET);
  const urls: string[] = [];
  page.on('websocket', (socket) => urls.push(socket.url()));
  await setup.shown('p', 'waiting 0 connecting -');
  await page.evaluate(`show(${JSON.stringify(setup.line.url(setup.id))})`);
  await setup.shown('p', 'waiting 0 live -');
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await setup.shown('p', 'running 1 live -');
  expect(urls).toHaveLength(1);
  await setup.play(['FINISHED']);
  await setup.shown('p', 'finished 1 ended finished');

  setup.id = `${setup.id} other`;
  await page.evaluate(`show(${JSON.stringify(setup.line.url(setup.id))})`);
  await setup.shown('p', 'waiting 0 live -');
  await page.evaluate('unmount()');
  await expect.poll(() => subscribersOf(setup.line.url(setup.id))).toBe(0);
});

test('the hook goes on over a cut line', async () => {
  const { page } = await setup.openUrl(app.url, QUIET);
  await page.evaluate(`Math.random = () => 0.01; show(${JSON.stringify(setup.line.url(setup.id))})`);
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await setup.shown('p', 'running 1 live -');
  setup.line.cut();
  await setup.play(['TASK', 'b', 'COMPLETED']);
  setup.line.monitor = setup.monitor.http;
  await setup.shown('p', 'running 2 live -');
  expect(await page.locator('p').count()).toBe(1);
});
