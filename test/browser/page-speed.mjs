// Measures the page of a job in Chromium: the first progress, long tasks and a late join, at a server that does nothing
// else and at the built daemon. Needs a build. Prints a line for each size and server.
// It is a script and no test: the figures depend on the machine.
// Usage: node test/browser/page-speed.mjs
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { Router } from 'zeromq';

/** Messages per frame, about as many as the monitor writes at once. */
const BATCH = 400;
const RUNS = 5;
/** Milliseconds in which the browser prepares a new window. A person opens a link in a window that is ready. */
const WINDOW_START = 2000;

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname;
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
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
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

/** Starts the built daemon, and sends it one job of `count` tasks as the broker does. */
async function startDaemon(count) {
  const [websocket, zeromq] = await freeAddresses();
  const env = {
    ...process.env,
    RECODEX_MONITOR_WEBSOCKET_URI: websocket,
    RECODEX_MONITOR_ZEROMQ_URI: zeromq,
    RECODEX_MONITOR_ADMIN_URI: 'off',
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('exit', (code) => {
    if (code) throw new Error(`The daemon exited with ${code}`);
  });
  const origin = `http://${websocket}`;
  await until(() =>
    fetch(`${origin}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const broker = new Router({ mandatory: true, sendHighWaterMark: 0 });
  broker.connect(`tcp://${zeromq}`);
  await until(() =>
    broker.send(['recodex-monitor', 'job', 'STARTED']).then(
      () => true,
      () => false,
    ),
  );
  for (let at = 1; at <= count; at++) {
    const { command, task_id, task_state } = taskAt(at);
    await broker.send(['recodex-monitor', 'job', command, task_id, task_state]);
  }
  const summary = () => fetch(`${origin}/channels/job`, { headers: { Accept: 'application/json' } });
  await until(async () => (await (await summary()).json()).messages > count);
  broker.close();
  return { origin, close: () => child.kill() };
}

async function freeAddresses() {
  const servers = [createServer(), createServer()];
  await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  const addresses = servers.map((server) => `127.0.0.1:${server.address().port}`);
  for (const server of servers) server.close();
  return addresses;
}

async function until(condition) {
  while (!(await condition())) await setTimeout(20);
}

function taskAt(at) {
  const test = String(Math.ceil(at / 2)).padStart(2, '0');
  const task_id = `t${test}.2341b599-c388-4357-8fea-be1e3bb182e0.${at % 2 ? 'run' : 'judge'}.${at}`;
  return { command: 'TASK', task_id, task_state: at % 9 ? 'COMPLETED' : 'FAILED' };
}

/** Runs in the page: notes when the first and the last progress and the last row appear, and the long tasks. */
function observe({ last, rows }) {
  const seen = (window.seen = { long: [] });
  // A poll from outside would make the browser draw frames.
  window.done = new Promise((resolve) => (seen.resolve = resolve));
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.long.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  new MutationObserver(() => {
    const text = document.querySelector('.caption')?.textContent ?? '';
    if (/^[1-9]/.test(text)) seen.first ??= performance.now();
    if (text.includes(last)) seen.last ??= performance.now();
    if (document.querySelector('.filter .number')?.textContent !== rows) return;
    seen.rows ??= performance.now();
    seen.resolve();
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function measure(browser, url, count) {
  const page = await browser.newPage({ locale: 'en-GB' });
  const [last, rows] = [`${count.toLocaleString('en-GB')} of`, (count + 1).toLocaleString('en-GB')];
  await page.addInitScript(observe, { last, rows });
  const devtools = await page.context().newCDPSession(page);
  // CPU time depends less on what else the machine does.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await setTimeout(WINDOW_START);
  await page.goto(url);
  await page.evaluate('done');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const cpu = metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const seen = await page.evaluate('({ ...seen, resolve: undefined })');
  await page.close();
  return {
    'first progress, ms': seen.first,
    'all tasks, ms': seen.last,
    'whole list, ms': seen.rows,
    'CPU of the main thread, ms': cpu,
    'longest task, ms': Math.max(0, ...seen.long),
  };
}

function medians(results) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return Object.keys(results[0]).map(
    (name) => `${name}: ${Math.round(median(results.map((one) => one[name])))}`,
  );
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const [name, start] of Object.entries({ 'server of this script': serve, daemon: startDaemon })) {
  for (const count of [10_000, 50_000]) {
    const { origin, close } = await start(count);
    const results = [];
    for (let run = 0; run < RUNS; run++)
      results.push(await measure(browser, `${origin}/channels/job?expected=${count}`, count));
    process.stdout.write(`${name}, ${count} tasks: ${medians(results).join(', ')}\n`);
    close();
  }
}
await browser.close();
