import { existsSync } from 'node:fs';
import { Browser, type BrowserOptions } from './browser.js';
import { startChromium } from './chromium.js';
import { FIREFOX, startFirefox } from './firefox.js';

export type StartBrowser = (options?: BrowserOptions) => Promise<Browser>;

/** The installed browsers, for `describe.each`. CI needs both. */
export const BROWSERS: readonly (readonly [name: string, start: StartBrowser])[] = [
  ['Chromium', startChromium] as const,
  ['Firefox', startFirefox] as const,
].filter(([name]) => name === 'Chromium' || existsSync(FIREFOX) || process.env['CI'] !== undefined);
