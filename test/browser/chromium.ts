import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A tab, and whatever it complained about: policy violations, errors, and anything on its console. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** A Chromium with nothing in its profile. */
export class Chromium {
  private constructor(
    private readonly context: BrowserContext,
    private readonly profile: string,
  ) {}

  static async start(options: BrowserContextOptions = {}): Promise<Chromium> {
    const profile = await mkdtemp(join(tmpdir(), 'page-browser-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      headless: true,
      args: ARGUMENTS,
      ...options,
    });
    return new Chromium(context, profile);
  }

  /**
   * Opens a URL. @param script runs before the page's own
   *
   * A connection that can't be made is reported by the browser itself, and is no complaint of the page.
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
