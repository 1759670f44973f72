import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { startMonitor, type Monitor } from '../fixtures/monitor.js';
import { violationsIn } from './axe.js';
import type { Browser, BrowserOptions, Tab } from './browser.js';
import type { StartBrowser } from './browsers.js';
import { startChromium } from './chromium.js';
import { Line } from './line.js';

export type MonitorSettings = Parameters<typeof startMonitor>[0];

/** A tab, connected to a monitor through a line that tests can cut. */
export class PageSetup {
  browser!: Browser;
  monitor!: Monitor;
  broker!: FakeBroker;
  line!: Line;
  tab: Tab | undefined;
  /** The id of the job. Each test has another one. */
  id = '';

  /** Opens the page of the job. @param script runs before the scripts of the page */
  async open(query = '', script = ''): Promise<Tab> {
    return this.openUrl(this.line.url(this.id, query), script);
  }

  async openUrl(url: string, script = ''): Promise<Tab> {
    return (this.tab = await this.browser.open(url, script));
  }

  /** Starts a monitor without any messages, and makes the line lead to it. */
  async startMonitor(settings: MonitorSettings): Promise<void> {
    this.monitor = await startMonitor(settings);
    this.broker = await FakeBroker.connect(this.monitor.endpoint);
    this.line.monitor = this.monitor.http;
  }

  async stopMonitor(): Promise<void> {
    this.broker.close();
    await this.monitor.close();
    this.line.monitor = undefined;
  }

  /** Replaces the monitor by one without any messages. */
  async restartMonitor(settings: MonitorSettings): Promise<void> {
    await this.stopMonitor();
    await this.startMonitor(settings);
  }

  /** Sends messages of the job. */
  async play(...messages: (readonly string[])[]): Promise<void> {
    for (const message of messages) await this.broker.send(this.id, ...message);
  }

  /** The violations of accessibility rules, each as one line. */
  violations(): Promise<string[]> {
    return violationsIn(this.tab!.page);
  }

  /** Resolves when an element that matches the selector contains the text. */
  readonly shown = async (selector: string, text: string): Promise<void> => {
    await this.tab!.page.locator(selector, { hasText: text }).first().waitFor({ state: 'attached' });
  };
}

/**
 * Gives the file a browser, by default Chromium, and each test a monitor, a broker, a line and an id. After each test,
 * checks that the page caused no complaint of the browser, and closes everything.
 */
export function setUpPage(
  settings: MonitorSettings = {},
  options: BrowserOptions = {},
  start: StartBrowser = startChromium,
): PageSetup {
  const setup = new PageSetup();

  beforeAll(async () => {
    setup.browser = await start({ locale: 'en-GB', ...options });
  });

  afterAll(() => setup.browser.close());

  beforeEach(async () => {
    setup.id = `${randomUUID()} a/b`;
    setup.line = await Line.open();
    await setup.startMonitor(settings);
  });

  afterEach(async () => {
    expect(setup.tab?.complaints ?? []).toEqual([]);
    await setup.tab?.page.close();
    setup.tab = undefined;
    setup.line.close();
    await setup.stopMonitor();
  });

  return setup;
}
