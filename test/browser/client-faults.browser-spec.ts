import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientApp, subscribersOf } from './client-app.js';
import { setUpPage } from './page-setup.js';

/** A TCP proxy in a process, which a test stops and continues as a laptop sleeps and wakes. Prints its port. */
const PROXY = `
const { connect, createServer } = require('node:net');
const server = createServer((client) => {
  const monitor = connect(Number(process.argv[1]), '127.0.0.1');
  for (const [from, to] of [[client, monitor], [monitor, client]])
    from.on('error', () => {}).on('close', () => to.destroy()).pipe(to);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** What a tab has received. */
interface Received {
  readonly tasks: string[];
  readonly resets: number;
  readonly end?: string;
}

const setup = setUpPage({ heartbeat: { interval: 1 }, origins: ['*'] });
let app: ClientApp;
let pages: Page[];
let proxy: ChildProcess | undefined;
let count: number;

beforeEach(async () => {
  app = await ClientApp.start('');
  pages = [];
  count = 0;
});

afterEach(async () => {
  proxy?.kill('SIGKILL');
  proxy = undefined;
  for (const page of pages) if (page !== setup.tab?.page) await page.close();
  app.close();
});

/** Opens a tab that follows the job. @param url of the job; default: over the line */
async function follow(options: object, url = setup.line.url(setup.id)): Promise<Page> {
  setup.tab = await setup.chromium.open(app.url);
  const { page } = setup.tab;
  pages.push(page);
  await page.evaluate(`(async () => {
    const received = (globalThis.received = { tasks: [], resets: 0 });
    const { watch } = await import('/package/client.js');
    const stream = (globalThis.stream = watch(${JSON.stringify(url)}, { random: () => 0.05, ...${JSON.stringify(options)} }));
    stream.addEventListener('message', ({ detail }) => received.tasks.push(detail.task_id));
    stream.addEventListener('reset', () => received.resets++);
    stream.addEventListener('end', ({ detail }) => (received.end = detail.reason));
  })()`);
  return page;
}

/** Sends the next tasks of the job. */
async function play(tasks: number): Promise<void> {
  for (let sent = 0; sent < tasks; sent++) await setup.play(['TASK', `${++count}`, 'COMPLETED']);
}

/** Resolves when each tab has learned the interval of the heartbeats. */
async function learnInterval(): Promise<void> {
  for (const page of pages)
    await page.waitForFunction('(globalThis.beats ??= new Set()).add(stream.heardAt).size > 4');
}

/** Resolves when the tabs that are open have all messages, each once. */
async function expectAll(): Promise<void> {
  const expected = Array.from({ length: count }, (_, at) => `${at + 1}`);
  for (const page of pages) {
    await page.waitForFunction(`received.tasks.length >= ${count}`);
    expect(await page.evaluate<Received>('received')).toEqual({ tasks: expected, resets: 0 });
  }
}

const subscribers = (): Promise<number> => subscribersOf(setup.line.url(setup.id));

describe.each([
  ['websocket', { transport: 'websocket' }, 1],
  ['sse', { transport: 'sse' }, 1],
  ['share over websocket', { transport: 'websocket', share: true }, 3],
  ['share over sse', { transport: 'sse', share: true }, 3],
])('%s', (_name, options, tabs) => {
  async function openAll(url?: string): Promise<void> {
    for (let tab = 0; tab < tabs; tab++) {
      await follow(options, url);
      await play(2);
    }
    await expectAll();
    await expect.poll(subscribers).toBe(1);
  }

  it('survives cuts', async () => {
    await openAll();
    for (let cut = 0; cut < 5; cut++) {
      setup.line.cut();
      await play(3);
      setup.line.monitor = setup.monitor.http;
      await expectAll();
    }
    await expect.poll(subscribers).toBe(1);
  });

  it('survives a link that is half open', async () => {
    await openAll();
    await learnInterval();
    setup.line.freeze();
    await play(3);
    await pages[0]!.waitForFunction(`stream.state !== 'live'`);
    setup.line.thaw();
    await expectAll();
  });

  it('survives a proxy that sleeps', async () => {
    proxy = spawn(process.execPath, ['-e', PROXY, new URL(setup.monitor.http).port]);
    const port = String(await once(proxy.stdout!, 'data').then(([text]) => text as Buffer)).trim();
    await openAll(setup.line.url(setup.id).replace(/:\d+/, `:${port}`));
    await learnInterval();
    proxy.kill('SIGSTOP');
    await play(3);
    await pages[0]!.waitForFunction(`stream.state !== 'live'`);
    proxy.kill('SIGCONT');
    await play(1);
    await expectAll();
  });

  it('survives a browser that is offline', async () => {
    await openAll();
    await pages[0]!.context().setOffline(true);
    await play(2);
    await pages[0]!.context().setOffline(false);
    await play(1);
    await expectAll();
  });
});

describe('tabs that share', () => {
  const SHARE = { share: true };

  async function openThree(): Promise<void> {
    for (let tab = 0; tab < 3; tab++) {
      await follow(SHARE);
      await play(2);
    }
    await expectAll();
    await expect.poll(subscribers).toBe(1);
  }

  it('go on when the tab with the connection is closed', async () => {
    await openThree();
    for (let left = 2; left > 0; left--) {
      await pages.shift()!.close();
      await play(2);
      await expectAll();
      await expect.poll(subscribers).toBe(1);
    }
  });

  it('go on when the tab with the connection crashes', async () => {
    await openThree();
    const crashed = pages.shift()!;
    await crashed.goto('chrome://crash').catch(() => {});
    await play(2);
    await expectAll();
    await expect.poll(subscribers).toBe(1);
    await crashed.close();
  });

  it('go on when the tab with the connection leaves for another page', async () => {
    await openThree();
    const left = pages.shift()!;
    await left.goto('about:blank');
    await play(2);
    await expectAll();
    await left.close();
  });

  it('end together', async () => {
    await openThree();
    await setup.play(['FINISHED']);
    for (const page of pages) {
      await page.waitForFunction('received.end');
      expect(await page.evaluate('received.end')).toBe('finished');
    }
  });
});
