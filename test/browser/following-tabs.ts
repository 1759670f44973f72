import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { subscribersOf, type ClientApp } from './client-app.js';
import type { PageSetup } from './page-setup.js';

/** What a tab has received. */
interface Received {
  readonly tasks: string[];
  readonly resets: number;
  readonly end?: string;
}

/** Tabs of an app that follow one job with the client library. */
export class FollowingTabs {
  /** The open tabs, the oldest first. Tabs that share: the first one leads. */
  readonly pages: Page[] = [];
  /** The number of tasks that were sent. */
  private count = 0;

  constructor(
    private readonly setup: PageSetup,
    private readonly app: ClientApp,
  ) {}

  /**
   * Opens a tab that follows the job.
   * @param options of `watch`, as JSON
   * @param url of the job; default: over the line
   * @param script runs before the scripts of the page
   */
  async open(options: object, url = this.url, script = ''): Promise<Page> {
    const tab = (this.setup.tab = await this.setup.browser.open(this.app.url, script));
    this.pages.push(tab.page);
    await tab.page.evaluate(`(async () => {
      const received = (globalThis.received = { tasks: [], resets: 0 });
      const { watch } = await import('/package/client.js');
      const stream = (globalThis.stream = watch(${JSON.stringify(url)}, { random: () => 0.05, ...${JSON.stringify(options)} }));
      stream.addEventListener('message', ({ detail }) => received.tasks.push(detail.task_id));
      stream.addEventListener('reset', () => received.resets++);
      stream.addEventListener('end', ({ detail }) => (received.end = detail.reason));
    })()`);
    return tab.page;
  }

  /** Opens tabs and sends tasks, until all tabs have all tasks over one connection. */
  async openAll(tabs: number, options: object, url?: string): Promise<void> {
    for (let tab = 0; tab < tabs; tab++) {
      await this.open(options, url);
      await this.play(2);
    }
    await this.expectAll();
    await this.expectOneConnection();
  }

  /** Sends the next tasks of the job. */
  async play(tasks: number): Promise<void> {
    for (let sent = 0; sent < tasks; sent++) await this.setup.play(['TASK', `${++this.count}`, 'COMPLETED']);
  }

  /** Resolves when each tab has learned the interval of the heartbeats. */
  async learnInterval(): Promise<void> {
    for (const page of this.pages)
      await page.waitForFunction('(globalThis.beats ??= new Set()).add(stream.heardAt).size > 4');
  }

  /** Resolves when the open tabs have all messages, each once. */
  async expectAll(): Promise<void> {
    const expected = Array.from({ length: this.count }, (_, at) => `${at + 1}`);
    for (const page of this.pages) {
      await page.waitForFunction(`received.tasks.length >= ${this.count}`);
      expect(await page.evaluate<Received>('received')).toEqual({ tasks: expected, resets: 0 });
    }
  }

  async expectOneConnection(): Promise<void> {
    await expect.poll(() => subscribersOf(this.url)).toBe(1);
  }

  async close(): Promise<void> {
    for (const page of this.pages) if (page !== this.setup.tab?.page) await page.close();
  }

  private get url(): string {
    return this.setup.line.url(this.setup.id);
  }
}
