import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { TokenGate } from '../fixtures/token-gate.js';
import { violationsIn } from './axe.js';
import { BROWSERS } from './browsers.js';
import { walkByKeyboard } from './controls.js';
import { setUpPage, type PageSetup } from './page-setup.js';
import { PAGE_STATES, type PageState } from './page-states.js';

/** The folder of the screenshots. Without it there are none. */
const DIRECTORY = process.env['PAGE_STATES'];
if (DIRECTORY) mkdirSync(DIRECTORY, { recursive: true });

const DESKTOP = { width: 720, height: 720 };
const PHONE = { width: 320, height: 640 };
/** 1280 x 1024 pixels at 400 %. */
const ZOOMED = { width: 320, height: 256 };

/** CSS pixels that the page is wider than its window. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const LOOKS = [
  ['light', { colorScheme: 'light' }, { phone: PHONE, '400 percent': ZOOMED, desktop: DESKTOP }],
  ['dark, in Czech', { colorScheme: 'dark', locale: 'cs-CZ' }, { phone: PHONE, desktop: DESKTOP }],
  ['forced colours', { forcedColors: 'active' }, { desktop: DESKTOP }],
] as const;

/** The keyboard does not depend on colours. */
const LOOK_OF_KEYBOARD = 'light';

describe.each(BROWSERS)('%s', (browser, start) => {
  describe.each(LOOKS)('%s', (look, options, sizes) => {
    const setup = setUpPage({}, { reducedMotion: 'reduce', viewport: PHONE, ...options }, start);

    test(
      'each state has no violation of axe, fits the width, and is usable by keyboard',
      { timeout: 240_000 },
      async () => {
        const { page } = await setup.openUrl('about:blank');
        for (const [name, state] of Object.entries(PAGE_STATES)) {
          const close = await openState(setup, name, state);
          const headline = look === 'dark, in Czech' ? '' : state.headline;
          await setup.shown(`.headline.tone-${state.tone} .words`, headline);
          if (state.has) await page.locator(state.has).first().waitFor({ state: 'attached' });
          for (const [size, viewport] of Object.entries(sizes)) {
            const where = `${name}, ${size}`;
            await page.setViewportSize(viewport);
            if (DIRECTORY) await photograph(page, `${name} ${look} ${size} ${browser}`);
            expect.soft(await page.evaluate(OVERFLOW), where).toBe(0);
            expect.soft(await violationsIn(page), where).toEqual([]);
            if (look !== LOOK_OF_KEYBOARD) continue;
            const { visible, reached, problems } = await walkByKeyboard(page);
            expect.soft(reached, where).toEqual(visible);
            expect.soft(problems, where).toEqual([]);
          }
          await close();
        }
      },
    );
  });
});

/** Brings the page of the tab into a state. Returns a function that undoes the changes around the page. */
async function openState(setup: PageSetup, name: string, state: PageState): Promise<() => Promise<void>> {
  const { settings, query, script, messages = [], grants, afterwards } = state;
  const { page } = setup.tab!;
  setup.id = `4711-${name}`;
  setup.line.thaw();
  if (settings) await setup.restartMonitor(settings);
  const gate = grants && (await TokenGate.open(setup.monitor.http));
  for (const [token, channels] of Object.entries(grants ?? {})) gate!.grants.set(token, channels);
  setup.line.monitor = gate?.http ?? setup.monitor.http;
  await setup.play(...messages);
  const added = script === undefined ? undefined : await page.addInitScript(script);
  // Only the fragment may differ, and then the browser would not load the page again.
  await page.goto('about:blank');
  await page.goto(setup.line.url(setup.id, query));
  await page.locator('.rows, .nothing').first().waitFor({ state: 'attached' });
  if (messages.length > 0) await page.locator('.row').first().waitFor({ state: 'attached' });
  await afterwards?.(setup, gate);
  return async () => {
    await added?.dispose();
    await page.context().setOffline(false);
    gate?.close();
    if (settings) await setup.restartMonitor({});
  };
}

async function photograph(page: Page, name: string): Promise<void> {
  const path = `${DIRECTORY}/${name.replaceAll(/[ ,]+/g, '-')}.png`;
  // A hidden caret would need a style that the policy of the page forbids.
  await page.screenshot({ path, caret: 'initial' });
}
