import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AdminApi } from '../../../web/dashboard/admin-api.js';
import { DashboardStore } from '../../../web/dashboard/dashboard-store.js';
import { channelOf, sampleAt, statusOf } from '../../fixtures/web/admin-data.js';
import { FakeAdmin } from '../../fixtures/web/fake-admin.js';

let admin: FakeAdmin;
let store: DashboardStore;

beforeEach(async () => {
  admin = await FakeAdmin.start();
});

afterEach(() => {
  store.feed.close();
  store.closeChannel();
  admin.close();
});

/** Opens the store. Resolves when it shows the channels and the first sample. */
async function open(): Promise<void> {
  const ignore = (): void => {};
  const api = new AdminApi(new URL(admin.url));
  store = new DashboardStore(api, { dataChanged: ignore, inputChanged: ignore });
  await vi.waitFor(() => expect([store.table.loaded, store.sample !== undefined]).toEqual([true, true]));
}

function eventStreams(): string[] {
  return admin.requests.filter((path) => path.startsWith('/events'));
}

describe('the data', () => {
  test('come from the history, the status and the stream', async () => {
    admin.history = [sampleAt(1000), sampleAt(2000)];
    admin.status = statusOf({ version: '9.9.9' });
    admin.channels = [channelOf('a')];
    await open();
    await vi.waitFor(() => expect(store.status?.version).toBe('9.9.9'));
    await vi.waitFor(() => expect(store.samples.columns([])[0]).toEqual([1, 2]));
    admin.change([channelOf('b')], ['a']);
    admin.sample({ log_level: 'debug' });
    await vi.waitFor(() => expect(store.table.view()).toMatchObject([{ id: 'b' }]));
    await vi.waitFor(() => expect(store.samples.latestTime).toBe(3000));
    expect(store.level.current).toBe('debug');
  });

  test('continue after a restart of the monitor', async () => {
    admin.channels = [channelOf('old')];
    await open();
    admin.channels = [channelOf('new')];
    admin.history = [];
    admin.cut();
    await vi.waitFor(() => expect(store.feed.status.state).not.toBe('live'));
    await vi.waitFor(() => expect(store.table.view()).toMatchObject([{ id: 'new' }]), 5000);
  });
});

describe('the filter', () => {
  test('sends the beginning of the id once, after a pause', async () => {
    await open();
    for (const prefix of ['a', 'ab', 'ab c/ž']) store.setFilter({ prefix, state: undefined });
    await vi.waitFor(() => expect(eventStreams()).toHaveLength(2));
    const { searchParams } = new URL(eventStreams()[1]!, admin.url);
    expect(searchParams.get('prefix')).toBe('ab c/ž');
  });

  test('by state needs no request while all channels are here', async () => {
    admin.channels = [channelOf('a'), channelOf('b', { state: 'failed' })];
    await open();
    store.setFilter({ prefix: '', state: 'failed' });
    expect(store.table.view()).toMatchObject([{ id: 'b' }]);
    expect([eventStreams().length, store.countsOneState]).toEqual([1, false]);
  });

  test('by state is sent when the monitor has more channels than the table', async () => {
    admin.channels = [channelOf('a'), channelOf('b', { state: 'failed' })];
    admin.matching = 123_456;
    await open();
    expect(store.table.isPartial).toBe(true);
    store.setFilter({ prefix: '', state: 'failed' });
    await vi.waitFor(() => expect(eventStreams()).toEqual(['/events', '/events?state=failed']));
    expect(store.countsOneState).toBe(true);
    store.setFilter({ prefix: '', state: undefined });
    await vi.waitFor(() => expect(eventStreams()).toHaveLength(3));
    expect(eventStreams()[2]).toBe('/events');
  });
});

describe('an open channel', () => {
  test('shows its messages and follows its changes', async () => {
    admin.channels = [channelOf('a/ž')];
    admin.messages.set('a/ž', [{ id: 'e-1', time: '2026-11-23T19:00:00.000Z', command: 'STARTED' }]);
    await open();
    store.openChannel('a/ž');
    await vi.waitFor(() => expect(store.open?.content?.messages).toHaveLength(1));
    admin.change([channelOf('a/ž', { messages: 7 })]);
    await vi.waitFor(() => expect(store.open?.content?.summary.messages).toBe(7), 3000);
  });

  test('is followed although the filter hides it', async () => {
    admin.channels = [channelOf('a')];
    await open();
    store.openChannel('a');
    store.setFilter({ prefix: 'b', state: undefined });
    await vi.waitFor(() => expect(eventStreams()).toHaveLength(2));
    admin.channels = [channelOf('a', { messages: 7 })];
    const sampling = setInterval(() => admin.sample(), 50);
    await vi.waitFor(() => expect(store.open?.content?.summary.messages).toBe(7), 3000);
    clearInterval(sampling);
  });

  test('that the monitor does not keep says so', async () => {
    await open();
    store.openChannel('gone');
    await vi.waitFor(() => expect(store.open?.gone).toBe(true));
    expect(store.open?.problem).toBeUndefined();
  });

  test.each(['.', '..'])('whose id no URL can contain says so: %s', async (id) => {
    await open();
    store.openChannel(id);
    await vi.waitFor(() => expect(store.open?.problem).toMatch(/can't be a channel id/));
  });
});

describe('the log level', () => {
  test('changes when the monitor confirms it', async () => {
    await open();
    await store.level.set('debug');
    expect(store.level).toMatchObject({ current: 'debug', pending: undefined, result: { ok: true } });
    expect(admin.level).toBe('debug');
  });

  test('stays when the monitor refuses', async () => {
    await open();
    admin.levelProblem = 'Expected a level, got nonsense';
    await store.level.set('nonsense');
    expect(store.level).toMatchObject({ current: 'info', pending: undefined, result: { ok: false } });
    expect(store.level.result?.text).toContain('Expected a level, got nonsense');
  });

  test('stays when the monitor does not answer', async () => {
    await open();
    admin.close();
    await store.level.set('debug');
    expect(store.level).toMatchObject({ current: 'info', result: { ok: false } });
  });
});
