import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Browser, type BrowserOptions } from './browser.js';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param flags further flags of the command line */
export async function startChromium(
  options: BrowserOptions = {},
  flags: readonly string[] = [],
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'page-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [...ARGUMENTS, ...flags],
    ...options,
  });
  return new Browser(context, profile);
}
