import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

describe('the position of a client', () => {
  it.each([
    ['?after=EPOCH-1', {}],
    ['?lastEventId=EPOCH-1', {}],
    ['?lastEventID=EPOCH-1', {}],
    ['?Last-Event-ID=EPOCH-1', {}],
    ['?after=EPOCH-0&lastEventId=EPOCH-1', {}],
    ['?after=&lastEventId=EPOCH-1', {}],
    ['?lastEventId=&after=EPOCH-1', {}],
    ['?after=EPOCH-1', { 'Last-Event-ID': '' }],
    ['?after=other-1', { 'Last-Event-ID': 'EPOCH-1' }],
  ])('is read from %s with %j', async (query, headers: Record<string, string>) => {
    const id = await running.playNew('STARTED', 'ENDED');
    const epoch = running.summary(id)!.position.split('-')[0]!;
    const withEpoch = (text: string): string => text.replaceAll('EPOCH', epoch);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withEpoch(value)]));
    const path = `/channels/${id}${withEpoch(query)}`;
    const events = await running.openEvents(path, sent);
    expect((await events.received(1))[0]!.id).toBe(`${epoch}-2`);
    // A WebSocket has no header for the position.
    if (Object.keys(headers).length > 0) return;
    expect((await running.connect(path).received(1))[0]).toContain(`{"id":"${epoch}-2"`);
  });

  it.each([
    ['?after=', {}],
    ['?lastEventId=', {}],
    ['?after=&lastEventID=', { 'Last-Event-ID': '' }],
  ])('is ignored when it is empty: %s with %j', async (query, headers: Record<string, string>) => {
    const id = await running.playNew('STARTED');
    const events = await running.openEvents(`/channels/${id}${query}`, headers);
    expect((await events.received(1))[0]).toMatchObject({ event: 'message' });
  });
});
