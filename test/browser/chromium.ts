import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Options of the browser and of its tabs. */
export type BrowserOptions = NonNullable<Parameters<typeof chromium.launchPersistentContext>[1]>;

/** A tab, and its complaints: policy violations, errors, dialogs and console messages. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** A Chromium with an empty profile. */
export class Chromium {
  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  /** @param flags further flags of the command line */
  static async start(options: BrowserOptions = {}, flags: readonly string[] = []): Promise<Chromium> {
    const profile = await mkdtemp(join(tmpdir(), 'page-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      headless: true,
      args: [...ARGUMENTS, ...flags],
      ...options,
    });
    return new Chromium(context, profile);
  }

  /**
   * Opens a URL in a new tab. A failed connection is not a complaint, because tests cut connections.
   * @param script runs before the scripts of the page
   */
  async open(url: string, script = ''): Promise<Tab> {
    const page = await this.context.newPage();
    if (script) await page.addInitScript(script);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (!/WebSocket connection to|Failed to load resource/.test(message.text()))
        complaints.push(message.text());
    });
    await page.goto(url);
    return { page, complaints };
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true });
  }
}
