import { describe, expect, it, vi } from 'vitest';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { setUpPage } from './page-setup.js';
import { WebAppSite, type ProgressShower } from './web-app-site.js';

const EXPECTED = 4;

const setup = setUpPage();
const site = new WebAppSite(setup);

function showProgress(shower: ProgressShower): Promise<void> {
  return site.submit(shower, site.monitorUrl, EXPECTED);
}

async function playTasks(...states: string[]): Promise<void> {
  for (const state of states) await setup.play(['TASK', 'task', state]);
}

/** Resolves when the bar has these percentages: completed, skipped, failed. Expects that the button is disabled. */
async function expectRunning(percentages: string): Promise<void> {
  await setup.shown('output', percentages);
  expect(await setup.tab!.page.locator('#results').isDisabled()).toBe(true);
}

async function expectEnd(percentages: string): Promise<void> {
  await setup.shown('#results:enabled', 'See results');
  await setup.shown('output', percentages);
  expect(await setup.tab!.page.evaluate('highest')).toBeLessThanOrEqual(100.001);
  await setup.tab!.page.locator('#results').click();
  expect(await setup.tab!.page.title()).toBe('results');
}

describe.each<ProgressShower>(['recipe', 'recipe, original'])('the web-app with the %s', (shower) => {
  it('enables the button at the end only', async () => {
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED', 'COMPLETED', 'SKIPPED', 'FAILED');
    await expectRunning('50 25 25');
    await setup.play(['FINISHED']);
    await expectEnd('50 25 25');
  });

  it('starts the counts over after ABORTED', async () => {
    await showProgress(shower);
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
    await showProgress(shower);
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
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks(...Array<string>(6).fill('COMPLETED'));
    await expectRunning('100 0 0');
    await setup.play(['FINISHED']);
    await expectEnd('100 0 0');
  });

  it('shows that tasks are missing at the end', async () => {
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await setup.play(['FINISHED']);
    await expectEnd('25 0 0');
  });

  it('enables the button when the broker gives the job up', async () => {
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await setup.play(['ABORTED'], ['FAILED']);
    await expectEnd('25 0 0');
  });

  it('closes the dialog and its connection at any time', async () => {
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await expectRunning('25 0 0');
    await setup.tab!.page.locator('#close').click();
    await setup.shown('p', 'No dialog');
    expect(await setup.tab!.page.title()).toBe('closed');
    const connections = setup.monitor.app.get(ConnectionRegistry);
    await vi.waitFor(() => expect(connections.size).toBe(0));
  });

  it('follows the next submission from its beginning', async () => {
    await showProgress(shower);
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await setup.play(['FINISHED']);
    await expectEnd('25 0 0');
    setup.id = `${setup.id} again`;
    await site.resubmit(shower, site.monitorUrl, 2);
    await expectRunning('0 0 0');
    await setup.play(['STARTED']);
    await playTasks('SKIPPED');
    await expectRunning('0 50 0');
    await setup.play(['FINISHED']);
    await expectEnd('0 50 0');
  });
});

describe('the unchanged web-app', () => {
  it('stands still after a lost connection', async () => {
    await showProgress('today');
    await setup.play(['STARTED']);
    await playTasks('COMPLETED');
    await expectRunning('25 0 0');
    setup.line.cut();
    await expect.poll(() => setup.tab!.page.evaluate('window.hasLost')).toBe(true);
    await expectRunning('25 0 0');
  });

  it('takes a monitor that it cannot reach for the end of the job', async () => {
    setup.line.cut();
    await showProgress('today');
    const { page } = setup.tab!;
    await expect.poll(() => page.locator('#results').isEnabled()).toBe(true);
  });
});

it('offers the results at once when the API names no channel', async () => {
  await site.submitWithoutChannel();
  await expectEnd('0 0 0');
});
