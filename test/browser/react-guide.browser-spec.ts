import { expect, test } from 'vitest';
import { bundleReactGuide, importReactGuide } from '../fixtures/react-guide.js';
import { ClientApp, subscribersOf } from './client-app.js';
import { setUpPage } from './page-setup.js';

/** React recommends its developer tools on the console. */
const QUIET = 'console.info = () => {};';

const setup = setUpPage();
const { shown } = setup;

/** Opens a page with a script that uses the files of docs/react.md. @param html what a server has rendered */
async function openGuide(script: string, html = ''): Promise<void> {
  const code = await bundleReactGuide(script, setup.line.url('').replace('/channels/', ''));
  const app = await ClientApp.start(
    `<div id="job">${html}</div><script type="module" src="/app.js"></script>`,
    {
      '/app.js': code,
    },
  );
  await setup.openUrl(app.url, QUIET);
  app.close();
}

const RENDER = `
  import { createElement } from 'react';
  import { createRoot } from 'react-dom/client';
  const root = createRoot(document.querySelector('#job'));
  globalThis.render = (component, props) => root.render(createElement(component, props));
`;

test('the application of docs/react.md follows the chosen job with one connection, also in the strict mode', async () => {
  await openGuide(`import './main.jsx';`);
  const { page } = setup.tab!;
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await shown('p', 'waiting: 0 of 2 tasks');
  expect(sockets).toEqual([]);

  setup.id = 'job-1';
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED'], ['TASK', 'b', 'FAILED']);
  await page.getByRole('button', { name: 'job-1' }).click();
  await shown('p', 'running: 2 of 2 tasks, 1 failed');
  expect(sockets).toHaveLength(1);

  setup.line.cut();
  await shown('[role=status]', 'No connection (broken). Next attempt in');
  setup.line.monitor = setup.monitor.http;
  await setup.play(['ABORTED'], ['STARTED']);
  await shown('p', 'running: 0 of 2 tasks, attempt 2');

  await page.getByRole('button', { name: 'job-2' }).click();
  await shown('p', 'waiting: 0 of 2 tasks');
  await expect.poll(() => subscribersOf(setup.line.url('job-2'))).toBe(1);
  expect(await subscribersOf(setup.line.url('job-1'))).toBe(0);
});

test('the application of docs/react.md says that the beginning of a job is missing', async () => {
  await openGuide(`import './main.jsx';`);
  setup.id = 'job-1';
  await setup.play(['TASK', 'a', 'COMPLETED']);
  await setup.tab!.page.getByRole('button', { name: 'job-1' }).click();
  await shown('p', 'The beginning of this job is missing');
});

test('the page of docs/react.md that a server rendered hydrates without a complaint', async () => {
  const { renderJob } = await importReactGuide<{ renderJob: (url: string) => string }>(
    `export { renderJob } from './server.jsx';`,
  );
  const url = setup.line.url(setup.id);
  await openGuide(
    `import { hydrateJob } from './hydrate.jsx'; hydrateJob(${JSON.stringify(url)});`,
    renderJob(url),
  );
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await shown('p', 'running: 1 of 2 tasks');
});

test('the first component of docs/react.md shows what the fake of docs/react.md sends', async () => {
  await openGuide(`${RENDER}
    import { TaskCount } from './TaskCount.jsx';
    import { FakeSocket } from './FakeSocket.js';
    globalThis.WebSocket = globalThis.FakeSocket = FakeSocket;
    render(TaskCount, { url: 'http://host/channels/j' });`);
  const { page } = setup.tab!;
  await shown('p', 'waiting, 0 tasks completed (live)');
  const time = '2026-11-23T19:00:00.000Z';
  const messages = [
    { id: 'a-1', time, command: 'STARTED' },
    { id: 'a-2', time, command: 'TASK', task_id: 'a', task_state: 'COMPLETED' },
  ];
  await page.evaluate(`FakeSocket.last.receive(...${JSON.stringify(messages)})`);
  await shown('p', 'running, 1 tasks completed (live)');
  await page.evaluate(`FakeSocket.last.receive({ reset: 'epoch' })`);
  await shown('p', 'waiting, 0 tasks completed (live)');
  expect(await page.evaluate('FakeSocket.last.url')).toBe('ws://host/channels/j');
});

test('a wrong URL throws when the component is mounted, and an error boundary catches it', async () => {
  await openGuide(`${RENDER}
    import { Component } from 'react';
    import { Job } from './Job.jsx';
    console.error = () => {};
    class Boundary extends Component {
      state = {};
      static getDerivedStateFromError({ message }) { return { message }; }
      render() {
        const { message } = this.state;
        return message ? createElement('p', {}, message) : createElement(Job, { url: 'ftp://host/j', expected: 2 });
      }
    }
    render(Boundary, {});`);
  await shown('p', 'watch() expected the http(s) or ws(s) URL of a channel, got string ftp://host/j');
});
