import { describe, expect, test, vi } from 'vitest';
import { channelOf, relayPart, sampleAt, statusOf } from '../fixtures/web/admin-data.js';
import { setUpDashboard } from './dashboard-setup.js';

const MARKUP = '<img src=x onerror=alert(1)>';

const setup = setUpDashboard();
const { shown } = setup;

describe('the head', () => {
  test('shows the monitor as it is', async () => {
    const now = Date.now();
    setup.admin.status = statusOf({
      version: '9.8.7',
      started_at: new Date(now - 3 * 3_600_000).toISOString(),
      limits: [{ key: 'limits.total_bytes', used: 12_300_000, limit: 12_300_000, reached: 4 }],
      warnings: [{ time: now, level: 'warning', message: MARKUP, fields: { a: MARKUP }, count: 12 }],
    });
    setup.admin.history = [
      sampleAt(now, { broker_peers: 0, state: 'draining', limits_reached: ['limits.total_bytes'] }),
    ];
    const { page } = await setup.open();
    await shown('h1', '9.8.7');
    await shown('.facts', /Broker\s*not connected/);
    await shown('.facts', /State\s*Stopping/);
    await shown('.facts', /Uptime\s*3 h 0 min/);
    await shown('.conditions', 'The limit limits.total_bytes is reached.');
    await shown('.limit', '12.3 MB of 12.3 MBreached 4 times');
    await shown('.warning', `×12${MARKUP} a=${MARKUP}`);
    expect(await page.locator('img').count()).toBe(0);
  });

  test('asks for the warnings again when there is a new one', async () => {
    await setup.open();
    await shown('.attention', 'None since the start.');
    setup.admin.status = statusOf({
      warnings: [{ time: Date.now(), level: 'error', message: 'disk full', count: 1 }],
    });
    setup.admin.sample({ warnings: 1 });
    await shown('.warning', 'disk full');
  });
});

describe('the relay', () => {
  const card = '.card.relay';

  test('is not shown for a monitor that works alone', async () => {
    const { page } = await setup.open();
    expect(await page.locator(card).count()).toBe(0);
  });

  test('is shown as it is, and warns while clients may miss messages', async () => {
    const now = Date.now();
    setup.admin.history = [
      sampleAt(now, { broker_peers: 0, listening: false, relay: relayPart({ gaps: 2 }) }),
    ];
    const { page } = await setup.open();
    await shown('.facts', /Broker\s*not needed/);
    await shown('.attention', 'Nothing needs attention.');
    await shown(card, 'shows messages of another process');
    await shown(card, 'held by another process');
    await shown(card, /Gaps\s*2/);
    expect(await page.locator(`${card}.alarm`).count()).toBe(0);

    setup.admin.sample({ relay: relayPart({ stale: true, led: false }) });
    await shown(`${card}.alarm h2`, 'stale');
    await shown('.conditions', 'No process has the lease');
    expect(await setup.violations()).toEqual([]);

    setup.admin.sample({ relay: relayPart() });
    await page.locator(`${card}.alarm`).waitFor({ state: 'detached' });
  });

  test('shows how full the buffer is, and what is lost', async () => {
    const relay = relayPart({
      role: 'ingest',
      state: 'away',
      led: false,
      buffer_bytes: 50_000_000,
      lost_messages: 1234,
    });
    setup.admin.history = [sampleAt(Date.now(), { relay })];
    await setup.open();
    await shown(`${card}.alarm h2`, 'Redis is away');
    await shown(`${card} .bad`, /Buffer\s*50 MB of 67.1 MB/);
    await shown(`${card} .bad`, /Lost messages\s*1,234/);
    await shown('.conditions', 'Messages wait in this process');
  });
});

describe('the link', () => {
  test('that is lost is told with the age of the data, and comes back', async () => {
    setup.admin.channels = [channelOf('before')];
    const { page } = await setup.open();
    setup.admin.refusal = 'all 10 are in use';
    setup.admin.cut();
    await shown('.link', /^Live data: Reconnecting in \d s, data is \d s old$/);
    await shown('.conditions', 'too many dashboards are open (all 10 are in use)');
    await vi.waitFor(async () => expect(await page.title()).toBe('Reconnecting · recodex-monitor'));
    // The old data stay.
    expect(await setup.ids()).toEqual(['before']);
    setup.admin.refusal = undefined;
    setup.admin.channels = [channelOf('after')];
    await shown('.link', 'Connected');
    await shown('.row .id', 'after');
    expect(await setup.ids()).toEqual(['after']);
  });

  test('that was refused from the start shows no data', async () => {
    setup.admin.refusal = 'all 10 are in use';
    await setup.openUnconnected();
    await shown('.link', 'no data');
    await shown('.conditions', 'too many dashboards');
  });
});

describe('the table', () => {
  test('is sorted by a click on a header, and the next click turns the order', async () => {
    setup.admin.channels = ['a', 'b', 'c'].map((id, index) => channelOf(id, { messages: index }));
    const { page } = await setup.open();
    const header = page.getByRole('columnheader', { name: 'Messages' });
    expect(await header.getAttribute('aria-sort')).toBe('none');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    expect(await setup.ids()).toEqual(['c', 'b', 'a']);
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    expect(await setup.ids()).toEqual(['a', 'b', 'c']);
  });

  test('is filtered by state at once, and by the beginning of the id through the monitor', async () => {
    setup.admin.channels = [channelOf('a1'), channelOf('a2', { state: 'failed' }), channelOf('b1')];
    const { page } = await setup.open();
    await page.getByRole('button', { name: 'Running 2' }).click();
    expect(await setup.ids()).toEqual(['a1', 'b1']);
    await page.getByLabel('Filter by the beginning of the id').fill('b');
    await vi.waitFor(() => expect(setup.admin.requests).toContain('/events?prefix=b'));
    await page.getByRole('button', { name: 'Running 1' }).waitFor();
    await shown('.channels-foot', '1 of 1 shown');
  });

  test('says that it shows a part of the channels', async () => {
    setup.admin.channels = Array.from({ length: 10_000 }, (_, index) => channelOf(`c${index}`));
    setup.admin.matching = 123_456;
    await setup.open();
    await shown('.channels-foot', '10,000 of 123,456 shown, those that changed last');
    await shown('.filter', 'All 10k+');
  });

  test('takes the age from the clock of the monitor', async () => {
    const monitorTime = Date.UTC(2001, 0, 1);
    setup.admin.history = [sampleAt(monitorTime)];
    setup.admin.channels = [channelOf('a', { updated_at: new Date(monitorTime - 120_000).toISOString() })];
    await setup.open();
    await shown('.row .age', '2 min');
  });

  test('shows ids of any characters as text in one line', async () => {
    const ids = [MARKUP, 'שלום 123', 'a\u202egpj.exe', 'x'.repeat(1024), 'a/b?c#d%2F', '..'];
    setup.admin.channels = ids.map((id) => channelOf(id));
    const { page } = await setup.open();
    await shown('.row .id', 'a[U+202E]gpj.exe');
    expect(await setup.ids()).toContain(MARKUP);
    for (const id of ['a/b?c#d%2F', 'שלום 123']) {
      await page.locator('.row', { hasText: id }).click();
      await shown('.drawer h2', id);
      await shown('.drawer .summary', 'running');
    }
    await page.locator('.row', { hasText: '..' }).last().click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
  });
});

describe('the side panel', () => {
  test('shows the messages of a channel and follows them', async () => {
    const message = { id: 'e-1', time: new Date().toISOString(), command: 'TASK' };
    setup.admin.channels = [channelOf('job', { messages: 101 })];
    setup.admin.messages.set('job', [{ ...message, task_id: MARKUP, task_state: 'FAILED' }]);
    const { page } = await setup.open();
    await page.locator('.row').click();
    await shown('.message.failed', MARKUP);
    await shown('.drawer', 'the newest 1 of 101');
    expect(await page.getByRole('link', { name: 'Open the public page' }).getAttribute('href')).toBe(
      'http://127.0.0.1:4567/channels/job',
    );
    setup.admin.messages.set('job', [{ ...message, command: 'FINISHED' }]);
    setup.admin.change([channelOf('job', { state: 'finished', messages: 102 })]);
    await shown('.message', 'FINISHED');
    await shown('.drawer .summary', 'finished');
    setup.admin.change([], ['job']);
    await shown('.drawer', 'does not keep this channel any more');
  });

  test('copies the id, also without a clipboard', async () => {
    setup.admin.channels = [channelOf('job 1')];
    const { page } = await setup.open();
    await page.locator('.row').click();
    await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', () => { window.copied = String(document.activeElement.value); });`);
    await page.getByRole('button', { name: 'Copy id' }).click();
    await shown('.actions', 'Copied');
    expect(await page.evaluate('window.copied')).toBe('job 1');
  });
});

describe('the log level', () => {
  test('is changed, and the result is shown', async () => {
    const { page } = await setup.open();
    const select = page.getByLabel('Log level');
    expect(await select.inputValue()).toBe('info');
    await select.selectOption('debug');
    await shown('.result', 'The log level is now debug');
    expect(setup.admin.level).toBe('debug');
    setup.admin.levelProblem = 'Expected another level';
    await select.selectOption('error');
    await shown('.result.bad', 'Expected another level');
    expect(await select.inputValue()).toBe('debug');
  });

  test('follows a change that somebody else makes', async () => {
    const { page } = await setup.open();
    setup.admin.level = 'warning';
    await vi.waitFor(
      async () => expect(await page.getByLabel('Log level').inputValue()).toBe('warning'),
      5000,
    );
  });
});

test('a plot shows the values at the pointer, and a text for screen readers', async () => {
  const now = Date.now();
  setup.admin.history = Array.from({ length: 900 }, (_, index) =>
    sampleAt(now - (899 - index) * 1000, { messages: index * 7, connections: index }),
  );
  const { page } = await setup.open();
  const plot = page.getByRole('figure', { name: 'Connections' });
  await shown('.extremes', 'smallest 0, max 899');
  await plot.locator('.u-over').hover();
  await shown('.extremes', /^at \d\d:\d\d:\d\d$/);
  const value = Number(await plot.locator('.value').textContent());
  expect(value).toBeGreaterThan(400);
  expect(value).toBeLessThan(500);
  // All plots show the same moment.
  expect((await page.locator('.value').first().textContent())!.trim()).toBe('7');
});

test('data cause at most two renders a second', async () => {
  await setup.open();
  const { page } = setup.tab!;
  await page.evaluate(`window.renders = 0; new MutationObserver(() => window.renders++)
    .observe(document.querySelector('.grid-body'), { childList: true, subtree: true, characterData: true, attributes: true });`);
  const start = Date.now();
  for (let at = 0; at < 100; at++) {
    setup.admin.change([channelOf(`job-${at % 5}`, { messages: at })]);
    await page.waitForTimeout(30);
  }
  const seconds = (Date.now() - start) / 1000;
  expect(await page.evaluate('window.renders')).toBeLessThanOrEqual(Math.ceil(seconds * 2) + 1);
});
