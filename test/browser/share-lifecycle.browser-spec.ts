import { kill } from 'node:process';
import type { CDPSession, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ClientApp } from './client-app.js';
import { FollowingTabs } from './following-tabs.js';
import { setUpPage } from './page-setup.js';

/** Milliseconds that a busy machine may take to connect and to deliver. */
const CONNECT = 2000;
/** Milliseconds, as in client/SPEC.md: until the followers go on after the leader has released the lock, or hangs. */
const RELEASED = 1000 + CONNECT;
const STOLEN = 9000 + CONNECT;

const setup = setUpPage(
  { heartbeat: { interval: 1 }, origins: ['*'] },
  // Playwright switches the back/forward cache off.
  { ignoreDefaultArgs: ['--disable-back-forward-cache'] },
);
let app: ClientApp;
let tabs: FollowingTabs;
let stopped: number | undefined;

beforeEach(async () => {
  app = await ClientApp.start('');
  tabs = new FollowingTabs(setup, app);
  await tabs.openAll(3, { share: true });
});

afterEach(async () => {
  if (stopped !== undefined) kill(stopped, 'SIGCONT');
  stopped = undefined;
  await tabs.close();
  app.close();
});

const toolsOf = (page: Page): Promise<CDPSession> => page.context().newCDPSession(page);

/** The process of a tab: the renderer that is busy while the tab computes. */
async function rendererOf(page: Page): Promise<number> {
  const tools = await page.context().browser()!.newBrowserCDPSession();
  const times = async (): Promise<Map<number, number>> => {
    const { processInfo } = await tools.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    return new Map(renderers.map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await times();
  await page.evaluate('for (const end = Date.now() + 500; Date.now() < end; );');
  const used = [...(await times())].map(([id, time]) => [id, time - (before.get(id) ?? 0)] as const);
  return used.reduce((busiest, other) => (other[1] > busiest[1] ? other : busiest))[0];
}

/** The other tabs receive all further tasks in time, and one of them has the connection. */
async function expectFollowersGoOn(within: number): Promise<void> {
  const lost = performance.now();
  await tabs.play(2);
  await tabs.expectAll();
  expect(performance.now() - lost).toBeLessThan(within);
  await tabs.play(2);
  await tabs.expectAll();
}

/** The tab that was away receives what it has missed, and all tabs share one connection again. */
async function expectReturn(page: Page): Promise<void> {
  tabs.pages.push(page);
  await tabs.expectAll();
  await tabs.play(2);
  await tabs.expectAll();
  await tabs.expectOneConnection();
}

it('tabs that share go on when the leading tab is frozen, and it catches up afterwards', async () => {
  const leader = tabs.pages.shift()!;
  const tools = await toolsOf(leader);
  await tools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expectFollowersGoOn(RELEASED);
  await tabs.expectOneConnection();
  await tools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectReturn(leader);
});

it('tabs that share lose nothing when a following tab is frozen', async () => {
  const follower = tabs.pages.pop()!;
  const tools = await toolsOf(follower);
  await tools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expectFollowersGoOn(RELEASED);
  await tools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectReturn(follower);
});

it.each([
  ['leading', 0],
  ['following', 2],
])('tabs that share go on when the %s tab is kept for the back button, and it resumes', async (_part, at) => {
  const [kept] = tabs.pages.splice(at, 1);
  const tools = await toolsOf(kept!);
  await tools.send('Page.navigate', { url: app.url.replace('127.0.0.1', 'localhost') });
  await expectFollowersGoOn(RELEASED);
  await tabs.expectOneConnection();
  const { currentIndex, entries } = await tools.send('Page.getNavigationHistory');
  await tools.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]!.id });
  await expect
    .poll(
      async () =>
        (await tools.send('Runtime.evaluate', { expression: 'typeof stream' })).result.value as string,
    )
    .toBe('object');
  await expectReturn(kept!);
});

it('tabs that share go on when the leading tab crashes', async () => {
  const leader = tabs.pages.shift()!;
  const crashed = leader.waitForEvent('crash');
  // A renderer that crashes does not answer.
  void toolsOf(leader).then((tools) => tools.send('Page.crash').catch(() => {}));
  await crashed;
  await expectFollowersGoOn(RELEASED);
  await tabs.expectOneConnection();
  await leader.close();
});

it('tabs that share take the lead from a tab that does not answer, and it catches up afterwards', async () => {
  const leader = tabs.pages.shift()!;
  stopped = await rendererOf(leader);
  kill(stopped, 'SIGSTOP');
  await expectFollowersGoOn(STOLEN);
  kill(stopped, 'SIGCONT');
  stopped = undefined;
  await expectReturn(leader);
});
