import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROWSERS } from './browsers.js';
import { ClientApp } from './client-app.js';
import { FollowingTabs } from './following-tabs.js';
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

/** Replaces the WebSocket of a page by one that fails while `blocked` is true, as behind a proxy that forbids it. */
const BLOCK_WEB_SOCKET = `
globalThis.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(globalThis.blocked ? 'ws://127.0.0.1:1/' : url, protocols);
  }
};`;

describe.each(BROWSERS)('%s', (browser, start) => {
  const setup = setUpPage({ heartbeat: { interval: 1 }, origins: ['*'] }, {}, start);
  let app: ClientApp;
  let tabs: FollowingTabs;
  let proxy: ChildProcess | undefined;

  beforeEach(async () => {
    app = await ClientApp.start('');
    tabs = new FollowingTabs(setup, app);
  });

  afterEach(async () => {
    proxy?.kill('SIGKILL');
    proxy = undefined;
    await tabs.close();
    app.close();
  });

  const expectAll = (): Promise<void> => tabs.expectAll();

  describe.each([
    ['websocket', { transport: 'websocket' }, 1],
    ['sse', { transport: 'sse' }, 1],
    ['share over websocket', { transport: 'websocket', share: true }, 3],
    ['share over sse', { transport: 'sse', share: true }, 3],
  ])('%s', (_name, options, count) => {
    const openAll = (url?: string): Promise<void> => tabs.openAll(count, options, url);

    it('survives cuts', async () => {
      await openAll();
      for (let cut = 0; cut < 5; cut++) {
        setup.line.cut();
        await tabs.play(3);
        setup.line.monitor = setup.monitor.http;
        await expectAll();
      }
      await tabs.expectOneConnection();
    });

    it.runIf(browser === 'Chromium')('survives a link that is half open', async () => {
      await openAll();
      await tabs.learnInterval();
      setup.line.freeze();
      await tabs.play(3);
      await tabs.pages[0]!.waitForFunction(`stream.state !== 'live'`);
      setup.line.thaw();
      await expectAll();
    });

    it.runIf(browser === 'Chromium')('survives a proxy that sleeps', async () => {
      proxy = spawn(process.execPath, ['-e', PROXY, new URL(setup.monitor.http).port]);
      const port = String(await once(proxy.stdout!, 'data').then(([text]) => text as Buffer)).trim();
      await openAll(setup.line.url(setup.id).replace(/:\d+/, `:${port}`));
      await tabs.learnInterval();
      proxy.kill('SIGSTOP');
      await tabs.play(3);
      await tabs.pages[0]!.waitForFunction(`stream.state !== 'live'`);
      proxy.kill('SIGCONT');
      await tabs.play(1);
      await expectAll();
    });

    it('survives a browser that is offline', async () => {
      await openAll();
      await tabs.pages[0]!.context().setOffline(true);
      await tabs.play(2);
      await tabs.pages[0]!.context().setOffline(false);
      await tabs.play(1);
      await expectAll();
    });
  });

  it('the fallback needs nothing from the network but the monitor, once a stream was live', async () => {
    await tabs.open({}, undefined, BLOCK_WEB_SOCKET);
    await tabs.play(2);
    await expectAll();
    await tabs.pages[0]!.waitForFunction(
      `performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/later-parts.js'))`,
    );
    app.close();
    await tabs.pages[0]!.evaluate('globalThis.blocked = true');
    setup.line.cut();
    setup.line.monitor = setup.monitor.http;
    await tabs.play(2);
    await expectAll();
  });

  describe('tabs that share', () => {
    const openThree = (): Promise<void> => tabs.openAll(3, { share: true });

    it('go on when the tab with the connection is closed', async () => {
      await openThree();
      for (let left = 2; left > 0; left--) {
        await tabs.pages.shift()!.close();
        await tabs.play(2);
        await expectAll();
        await tabs.expectOneConnection();
      }
    });

    it('go on when the tab with the connection leaves for another page', async () => {
      await openThree();
      const left = tabs.pages.shift()!;
      await left.goto('about:blank');
      await tabs.play(2);
      await expectAll();
      await left.close();
    });

    it('end together', async () => {
      await openThree();
      await setup.play(['FINISHED']);
      for (const page of tabs.pages) {
        await page.waitForFunction('received.end');
        expect(await page.evaluate('received.end')).toBe('finished');
      }
    });
  });
});
