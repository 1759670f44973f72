import { describe, expect, it, vi } from 'vitest';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';
import type { SseClient } from '../fixtures/sse-client.js';

const running = setUpMonitor({ heartbeat: { interval: 0.2 } });
const monitors = useMonitors();

describe('an event stream', () => {
  it('has headers that prevent storage and buffering', async () => {
    const client = await open(running.freshId());
    expect(client.status).toBe(200);
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
      vary: expect.stringContaining('Accept') as string,
      'x-accel-buffering': 'no',
    });
  });

  it('consists of retry, messages with their position as id, and the event end', async () => {
    const id = running.freshId();
    const client = await open(id);
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.broker.send(id, 'FINISHED');
    await client.ended;
    expect(client.raw).toMatch(
      /^retry: [23]\d{3}\n\nid: ([0-9a-f]+)-1\ndata: {"id":"\1-1","time":"[^"]+","command":"TASK","task_id":"compile","task_state":"COMPLETED"}\n\nid: \1-2\ndata: {"id":"\1-2",[^\n]+}\n\nevent: end\nid: end\ndata: {"end":"finished"}\n\n$/,
    );
  });

  it('is the response to a plain `curl -N`', async () => {
    const client = await open(running.freshId(), '', { Accept: '*/*' });
    expect(client.headers['content-type']).toBe('text/event-stream');
  });

  it('resumes after ?after= or Last-Event-ID, and the header has priority', async () => {
    const id = await running.playNew('A', 'B', 'C');
    const first = await open(id);
    await first.received(3);
    const after = await open(id, `?after=${first.ids[0]}`);
    await after.received(2);
    expect(after.ids).toEqual(first.ids.slice(1));
    const both = await open(id, `?after=${first.ids[0]}`, { 'Last-Event-ID': first.ids[1]! });
    await both.received(1);
    expect(both.ids).toEqual(first.ids.slice(2));
  });

  it('starts with a reset for an unknown position', async () => {
    const id = await running.playNew('A');
    const [reset, message] = await (await open(id, '', { 'Last-Event-ID': 'other-1' })).received(2);
    expect(reset).toEqual({ event: 'reset', id: undefined, data: '{"reset":"epoch"}' });
    expect(message).toMatchObject({ event: 'message' });
  });

  it('is 204 for a client that has the last message or the event end', async () => {
    const id = await running.playNew('A', 'FINISHED');
    const first = await open(id);
    await first.ended;
    for (const last of [first.ids.at(-1)!, 'end'])
      expect((await open(id, '', { 'Last-Event-ID': last })).status).toBe(204);
    expect((await open(id, '', { 'Last-Event-ID': first.ids[0]! })).status).toBe(200);
  });

  it('contains a comment per heartbeat interval', async () => {
    const client = await open(running.freshId());
    await vi.waitFor(() => expect(client.comments.length).toBeGreaterThan(1), 5000);
  });

  it('has no subscriber after the client has disconnected', async () => {
    const id = running.freshId();
    const client = await open(id);
    await running.untilSummary(id, { subscribers: 1 });
    client.cut();
    await vi.waitFor(() => expect(running.summary(id)).toBeUndefined());
  });

  it('is closed when its client does not read, and delays no other client', async () => {
    const other = await monitors.start({ limits: { channel_messages: 50, message_bytes: 200_000 } });
    const stalled = await other.openEvents('/channels/j');
    const reading = await other.openEvents('/channels/j');
    stalled.pause();
    for (let i = 0; i < 400; i++) {
      await other.broker.send('j', 'TASK', 'x'.repeat(100_000), 'COMPLETED');
      await reading.received(i + 1);
    }
    expect(other.summary('j')!.subscribers).toBe(1);
    stalled.resume();
    await stalled.ended;
    expect(stalled.messages).toEqual(stalled.events);
    expect(stalled.ids.map((id) => id.split('-')[1])).toEqual(stalled.ids.map((_, i) => String(i + 1)));
    expect(stalled.events.length).toBeLessThan(400);
  });

  it('ends without the event end at a shutdown, so that an EventSource reconnects', async () => {
    const other = await monitors.start();
    const client = await other.openEvents('/channels/j');
    await other.monitor.close();
    await client.ended;
    expect(client.events).toEqual([]);
  });

  it('has a random retry time', async () => {
    const times = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const client = await open(running.freshId());
      await vi.waitFor(() => expect(client.raw).toMatch(/^retry: \d+\n\n/));
      times.add(client.raw);
    }
    expect(times.size).toBeGreaterThan(1);
  });
});

function open(id: string, query = '', headers: Record<string, string> = {}): Promise<SseClient> {
  return running.openEvents(`/channels/${id}${query}`, headers);
}
