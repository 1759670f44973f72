import { rm } from 'node:fs/promises';
import type { BrowserContext, BrowserType, Page } from 'playwright-core';

/** Options of a browser and of its tabs. */
export type BrowserOptions = NonNullable<Parameters<BrowserType['launchPersistentContext']>[1]>;

/** A tab, and its complaints: policy violations, errors, dialogs and console messages. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Messages about failed connections. */
const FAILED_CONNECTION =
  /WebSocket connection to|Failed to load resource|can’t establish a connection|was interrupted while the page was loading/;

/** Playwright adds this style (`body {}`) to a page in Firefox before a screenshot. */
const STYLE_OF_SCREENSHOT = 'sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=';

/** A browser with an empty profile. */
export class Browser {
  constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  /**
   * Opens a URL in a new tab. A failed connection is not a complaint, because tests cut connections.
   * @param script runs before the scripts of the page
   */
  async open(url: string, script = ''): Promise<Tab> {
    const page = await this.context.newPage();
    if (script) await page.addInitScript(script);
    const complaints: string[] = [];
    const complain = (text: string): void => {
      if (!FAILED_CONNECTION.test(text) && !text.includes(STYLE_OF_SCREENSHOT)) complaints.push(text);
    };
    page.on('pageerror', ({ message }) => complain(message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => complain(message.text()));
    await page.goto(url);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
