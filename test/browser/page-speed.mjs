// Measures the page of a job in Chromium: the first progress, long tasks and a late join. Needs a build. Prints a line for each size.
// It is a script and no test: the figures depend on the machine.
// Usage: node test/browser/page-speed.mjs
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';

/** Messages per frame, about as many as the monitor writes at once. */
const BATCH = 400;
const RUNS = 5;

const ROOT = new URL('../../dist/web/', import.meta.url);
const TYPES = { js: 'text/javascript', css: 'text/css' };

/** Serves the page and one job of `count` tasks at any path. */
async function serve(count) {
  const server = createServer(({ url }, response) => {
    const asset = /\/assets\/([\w-]+\.(\w+))$/.exec(url);
    response.setHeader('Content-Type', asset ? TYPES[asset[2]] : 'text/html');
    response.end(readFileSync(new URL(asset ? `assets/${asset[1]}` : 'index.html', ROOT)));
  });
  const frames = framesOf(count);
  new WebSocketServer({ server, handleProtocols: () => 'recodex.v2' }).on('connection', (socket) => {
    for (const frame of frames) socket.send(frame);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}/channels/job?expected=${count}` };
}

function framesOf(count) {
  const start = Date.now() - count * 100;
  const messages = Array.from({ length: count + 1 }, (_, at) => ({
    id: `e-${at + 1}`,
    time: new Date(start + at * 100).toISOString(),
    ...(at === 0 ? { command: 'STARTED' } : taskAt(at)),
  }));
  const frames = [];
  for (let at = 0; at < messages.length; at += BATCH)
    frames.push(JSON.stringify(messages.slice(at, at + BATCH)));
  return frames;
}

function taskAt(at) {
  const test = String(Math.ceil(at / 2)).padStart(2, '0');
  const task_id = `t${test}.2341b599-c388-4357-8fea-be1e3bb182e0.${at % 2 ? 'run' : 'judge'}.${at}`;
  return { command: 'TASK', task_id, task_state: at % 9 ? 'COMPLETED' : 'FAILED' };
}

/** Runs in the page: notes when the first and the last progress appear, and the long tasks. */
function observe(last) {
  const seen = (window.seen = { long: [] });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.long.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => {
    const text = document.querySelector('.caption')?.textContent ?? '';
    if (/^[1-9]/.test(text)) seen.first ??= performance.now();
    if (text.includes(last)) seen.last ??= performance.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const rows = [];
for (const count of [10_000, 50_000]) {
  const { server, url } = await serve(count);
  const results = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await browser.newPage({ locale: 'en-GB' });
    await page.addInitScript(observe, `${count.toLocaleString('en-GB')} of`);
    const devtools = await page.context().newCDPSession(page);
    // CPU time depends less on what else the machine does.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url);
    await page.waitForFunction('seen.last');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const cpu = metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
    results.push({ ...(await page.evaluate('seen')), cpu });
    await page.close();
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  rows.push({
    tasks: count,
    'first progress, ms': Math.round(median(results.map(({ first }) => first))),
    'all tasks, ms': Math.round(median(results.map(({ last }) => last))),
    'CPU of the main thread, ms': Math.round(median(results.map(({ cpu }) => cpu))),
    'longest task, ms': Math.round(median(results.map(({ long }) => Math.max(0, ...long)))),
  });
  server.closeAllConnections();
  server.close();
}
await browser.close();
for (const row of rows)
  process.stdout.write(
    `${Object.entries(row)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ')}\n`,
  );
