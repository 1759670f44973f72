import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { Firefox, FIREFOX } from './firefox.js';

/** A new profile takes Firefox seconds. */
const POLL = { timeout: 30_000 };

describe.runIf(FIREFOX !== undefined)('Firefox', () => {
  const running = setUpMonitor();
  let firefox: Firefox;

  beforeAll(async () => void (firefox = await Firefox.start(FIREFOX!)));
  afterAll(() => firefox.close());

  async function shown(selector: string, text: string): Promise<void> {
    await expect.poll(() => firefox.textOf(selector), POLL).toContain(text);
  }

  test('shows the page of a job live, with its timeline', async () => {
    await running.play('job', 'STARTED');
    await firefox.open(`${running.monitor.http}/channels/job?expected=2`);
    await shown('.headline .words', 'Running');
    await running.broker.send('job', 'TASK', 'a', 'COMPLETED');
    await shown('.caption', '1 of 2 tasks');
    await shown('.row .name', 'a');
    await running.broker.send('job', 'FINISHED');
    await shown('.headline .words', 'Finished');
  });

  test('shows the dashboard', async () => {
    await running.play('seen', 'STARTED');
    await firefox.open(running.monitor.admin);
    await shown('.link', 'Connected');
    await shown('.row .id', 'seen');
  });
});
