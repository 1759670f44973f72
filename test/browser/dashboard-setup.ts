import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { FakeAdmin } from '../fixtures/web/fake-admin.js';
import { violationsIn } from './axe.js';
import type { Browser, Tab } from './browser.js';
import type { StartBrowser } from './browsers.js';
import { startChromium } from './chromium.js';

/** Milliseconds between two samples of the server, as of a monitor. */
const SAMPLE_INTERVAL = 1000;

/** A tab with the dashboard of a server that speaks for a monitor. */
class DashboardSetup {
  browser!: Browser;
  admin!: FakeAdmin;
  tab: Tab | undefined;

  /** Opens the dashboard. Resolves when it is connected. */
  async open(): Promise<Tab> {
    await this.openUnconnected();
    await this.shown('.link', 'Connected');
    return this.tab!;
  }

  async openUnconnected(): Promise<Tab> {
    return (this.tab = await this.browser.open(this.admin.url));
  }

  /** Resolves when an element that matches the selector contains the text. */
  readonly shown = async (selector: string, text: string | RegExp): Promise<void> => {
    await this.tab!.page.locator(selector, { hasText: text }).first().waitFor({ state: 'attached' });
  };

  /** The ids of the visible rows, from top to bottom. */
  async ids(): Promise<string[]> {
    return this.tab!.page.locator('.row .id').allTextContents();
  }

  /** The violations of accessibility rules, each as one line. */
  violations(): Promise<string[]> {
    return violationsIn(this.tab!.page);
  }
}

/**
 * Gives the file a browser, by default Chromium, and each test a server. After each test, checks that the page caused no
 * complaint of the browser, and closes everything.
 */
export function setUpDashboard(
  options: BrowserContextOptions = {},
  start: StartBrowser = startChromium,
): DashboardSetup {
  const setup = new DashboardSetup();
  let sampling: ReturnType<typeof setInterval>;

  beforeAll(async () => {
    setup.browser = await start({ viewport: { width: 1280, height: 800 }, ...options });
  });

  afterAll(() => setup.browser.close());

  beforeEach(async () => {
    setup.admin = await FakeAdmin.start();
    sampling = setInterval(() => setup.admin.sample(), SAMPLE_INTERVAL);
  });

  afterEach(async () => {
    clearInterval(sampling);
    expect(setup.tab?.complaints ?? []).toEqual([]);
    await setup.tab?.page.close();
    setup.tab = undefined;
    setup.admin.close();
  });

  return setup;
}
