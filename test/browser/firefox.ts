import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firefox } from 'playwright-core';
import { Browser, type BrowserOptions } from './browser.js';

export const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';

const DRIVER = fileURLToPath(new URL('firefox-bidi.mjs', import.meta.url));

/** What media queries see is a matter of the profile: tabs cannot change it. */
export async function startFirefox(options: BrowserOptions = {}): Promise<Browser> {
  const { colorScheme, reducedMotion, forcedColors, ...rest } = options;
  const profile = await mkdtemp(join(tmpdir(), 'page-firefox-'));
  const context = await firefox.launchPersistentContext(profile, {
    executablePath: DRIVER,
    channel: 'moz-firefox',
    headless: true,
    env: { ...process.env, FIREFOX, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
    firefoxUserPrefs: {
      'layout.css.prefers-color-scheme.content-override': colorScheme === 'dark' ? 0 : 1,
      'ui.prefersReducedMotion': reducedMotion === 'reduce' ? 1 : 0,
      // No process in reserve, and nothing from the network.
      'dom.ipc.processPrelaunch.enabled': false,
      'services.settings.server': 'data:,',
      // 2: always the colours of the system.
      'browser.display.document_color_use': forcedColors === 'active' ? 2 : 1,
    },
    ...rest,
  });
  return new Browser(context, profile);
}
