import { afterEach, expect, test } from 'vitest';
import { type DocumentBlock, documentBlocks, nameOf } from '../docs/document-block.js';
import { unsignedJwt } from '../fixtures/jwt.js';
import { TokenGate } from '../fixtures/token-gate.js';
import { ClientApp } from './client-app.js';
import { mermaidScript } from './mermaid-script.js';
import { setUpPage } from './page-setup.js';
import { bundleReact } from './react-bundle.js';

const EVENT_SOURCE = 'docs/front-end.md js: let last;';
const TOKEN =
  "docs/front-end.md js: const stream = watch(channelUrl('https://recodex.example.org/monitor', id), {";
const ELEMENT = 'client/README.md html: <script type="module">';
const REACT = "client/README.md jsx: import { useProgress } from 'recodex-monitor-client/react';";

const DIAGRAM = 'docs/architecture.md mermaid: flowchart LR';

/** The address of the channel in the blocks. */
const CHANNEL = /(https?:\/\/[\w.:]+(?:\/monitor)?\/channels\/[\w-]+)/;

const setup = setUpPage();
let app: ClientApp | undefined;

afterEach(() => {
  app?.close();
  app = undefined;
});

test('the EventSource of docs/front-end.md reports each message, and ends with the job', async () => {
  const { page } = await setup.openUrl(`${setup.monitor.http}/nothing`);
  await setup.play(['STARTED']);
  const url = `${setup.monitor.http}/channels/${encodeURIComponent(setup.id)}`;
  const script = block(EVENT_SOURCE).code.replace(CHANNEL, url);
  await page.evaluate(
    `{ window.commands = []; console.log = (item) => commands.push(item.command); ${script} }`,
  );
  await setup.play(['TASK', 'a', 'COMPLETED'], ['FINISHED']);
  await expect.poll(() => page.evaluate('commands')).toEqual(['STARTED', 'TASK', 'FINISHED']);
});

test('the token of docs/front-end.md opens a job', async () => {
  const token = unsignedJwt({ exp: 2 });
  const gate = await TokenGate.open(setup.monitor.http);
  gate.grants.set(token, [setup.id]);
  const { page } = await setup.openUrl(`${gate.http}/nothing`);
  await page.route('**/api/monitor-token', (route) => route.fulfill({ body: token }));
  const script = block(TOKEN).code.replace(`'https://recodex.example.org/monitor'`, `'${gate.http}/monitor'`);
  await setup.play(['STARTED'], ['FINISHED']);
  await page.evaluate(`(async () => {
    const { channelUrl, watch } = await import('/client.js');
    const id = ${JSON.stringify(setup.id)};
    ${script}
    window.stream = stream;
  })()`);
  await expect.poll(() => page.evaluate('stream.end?.reason')).toBe('finished');
  gate.close();
});

test('the element of client/README.md shows a job', async () => {
  const html = block(ELEMENT).code.replace(CHANNEL, setup.line.url(setup.id));
  app = await ClientApp.start(html.replace('recodex-monitor-client/element', '/package/element.js'));
  const { page } = await setup.openUrl(app.url);
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await expect.poll(() => page.locator('[part=text]').innerText()).toBe('Running: 1 of 20 tasks');
});

test('the component of client/README.md shows a job', async () => {
  const script = await bundleReact(`${block(REACT).code}
    import { createElement } from 'react';
    import { createRoot } from 'react-dom/client';
    const props = { url: ${JSON.stringify(setup.line.url(setup.id))}, expected: 3 };
    createRoot(document.querySelector('main')).render(createElement(Job, props));`);
  app = await ClientApp.start('<script type="module" src="/app.js"></script>', { '/app.js': script });
  const { page } = await setup.openUrl(app.url, 'console.info = () => {};');
  await setup.play(['STARTED'], ['TASK', 'a', 'COMPLETED']);
  await setup.shown('p', 'running');
  await expect.poll(() => page.locator('progress').getAttribute('value')).toBe('1');
});

test('the diagram of docs/architecture.md shows all its texts in full', async () => {
  const { code } = block(DIAGRAM);
  app = await ClientApp.start('<script src="/mermaid.js"></script>', { '/mermaid.js': mermaidScript() });
  const { page } = await setup.openUrl(app.url);
  await page.evaluate(`(async () => {
    const { svg } = await mermaid.render('diagram', ${JSON.stringify(code)});
    document.querySelector('main').innerHTML = svg;
  })()`);
  const texts = await page.locator('svg foreignObject > div').allInnerTexts();
  expect(texts.filter((text) => text !== '').toSorted()).toEqual(textsOfDiagram(code).toSorted());
  const cut = await page.evaluate(`[...document.querySelectorAll('svg foreignObject')].filter((label) => {
    const outer = label.getBoundingClientRect();
    const inner = label.firstElementChild.getBoundingClientRect();
    return inner.width > outer.width + 1 || inner.height > outer.height + 1;
  }).map((label) => label.textContent)`);
  expect(cut).toEqual([]);
});

/** The texts of the boxes and arrows of a flowchart, as a page shows them. */
function textsOfDiagram(code: string): string[] {
  const boxes = [...code.matchAll(/\["?(.*?)"?\]/g)].map(([, text]) => text!.replace(/^"|"$/g, ''));
  const arrows = [...code.matchAll(/ -- "?(.*?)"? --> /g)].map(([, text]) => text!);
  const groups = [...code.matchAll(/^ *subgraph (.*)$/gm)].map(([, text]) => text!);
  return [...boxes, ...arrows, ...groups].map((text) =>
    text.replaceAll('<br>', '\n').replaceAll(/<[^>]*>/g, ''),
  );
}

function block(name: string): DocumentBlock {
  const found = documentBlocks(name.split(' ', 1)[0]!).find((candidate) => nameOf(candidate) === name);
  if (!found) throw new Error(`no block "${name}"`);
  return found;
}
