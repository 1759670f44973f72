import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpPage } from './page-setup.js';
import { webAppBundle } from './web-app-bundle.js';

const EXPECTED = 4;

const setup = setUpPage();
/** The site of the web-app. It is not the site of the monitor. */
const site = createServer((_request, response) => {
  response
    .setHeader('Content-Type', 'text/html')
    .end('<!doctype html><link rel="icon" href="data:," /><body>');
});
let script: string;

beforeAll(async () => {
  script = await webAppBundle();
  await once(site.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => site.close());

/** Opens the application, and shows the progress of the job. */
async function showProgress(wire: string): Promise<void> {
  const { page } = await setup.openUrl(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: script });
  const url = new URL(wire === 'original' ? '/ws' : '/', setup.line.url(setup.id)).href.replace('http', 'ws');
  const monitor = JSON.stringify({ url, id: setup.id });
  await page.evaluate(`showProgress(${monitor}, ${EXPECTED}, ${wire === 'original'})`);
}

async function playTasks(...states: string[]): Promise<void> {
  for (const state of states) await setup.play(['TASK', 'task', state]);
}

/** Resolves when the bar has these percentages: completed, skipped, failed. Expects that the button is disabled. */
async function expectRunning(percentages: string): Promise<void> {
  await setup.shown('output', percentages);
  expect(await setup.tab!.page.locator('button').isDisabled()).toBe(true);
}

async function expectEnd(percentages: string): Promise<void> {
  await setup.shown('button:enabled', 'See results');
  await setup.shown('output', percentages);
  expect(await setup.tab!.page.evaluate('highest')).toBeLessThanOrEqual(100.001);
  await setup.tab!.page.locator('button').click();
  expect(await setup.tab!.page.title()).toBe('results');
}

describe.each(['path of the channel', 'original'])('the web-app with the recipe, on the wire: %s', (wire) => {
  it('enables the button at the end only', async () => {
    await showProgress(wire);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED', 'COMPLETED', 'SKIPPED', 'FAILED');
    await expectRunning('50 25 25');
    await setup.play(['FINISHED']);
    await expectEnd('50 25 25');
  });

  it('starts the counts over after ABORTED', async () => {
    await showProgress(wire);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED', 'COMPLETED', 'COMPLETED');
    await expectRunning('75 0 0');
    await setup.play(['ABORTED'], ['STARTED']);
    await expectRunning('0 0 0');
    await playTasks('COMPLETED', 'COMPLETED', 'COMPLETED', 'FAILED');
    await setup.play(['FINISHED']);
    await expectEnd('75 0 25');
  });

  it('reconnects, and counts no task twice', async () => {
    await showProgress(wire);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await expectRunning('25 0 0');
    setup.line.cut();
    await setup.shown('em', 'Reconnecting');
    await expectRunning('25 0 0');
    await playTasks('COMPLETED', 'FAILED');
    setup.line.monitor = setup.monitor.http;
    await expectRunning('50 0 25');
    await playTasks('COMPLETED');
    await setup.play(['FINISHED']);
    await expectEnd('75 0 25');
  });

  it('never shows more than 100 % for a job with more tasks than expected', async () => {
    await showProgress(wire);
    await setup.play(['STARTED']);
    await playTasks(...Array<string>(6).fill('COMPLETED'));
    await expectRunning('100 0 0');
    await setup.play(['FINISHED']);
    await expectEnd('100 0 0');
  });

  it('shows that tasks are missing at the end', async () => {
    await showProgress(wire);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await setup.play(['FINISHED']);
    await expectEnd('25 0 0');
  });
});
