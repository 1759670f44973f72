import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import type { TestClient } from '../fixtures/test-client.js';

const running = setUpMonitor({ limits: { channel_id_bytes: 64 } });

describe('a stream over WebSocket', () => {
  it('contains messages with position and time', async () => {
    const id = running.freshId();
    const client = connect(id);
    await running.broker.send(id, 'TASK', 'compile', 'COMPLETED');
    await running.broker.send(id, 'FINISHED');
    const [task, finished] = await client.received(2);
    expect(task).toMatch(
      /^{"id":"[0-9a-f]+-1","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","command":"TASK","task_id":"compile","task_state":"COMPLETED"}$/,
    );
    expect(JSON.parse(finished!)).toMatchObject({
      id: expect.stringMatching(/-2$/) as string,
      command: 'FINISHED',
    });
    expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
  });

  it('is available behind a path prefix', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'FINISHED');
    const client = running.connect(`/monitor/v1/channels/${id}`);
    await client.received(1);
    expect(client.commands()).toEqual(['FINISHED']);
  });

  it('is available for an id with an encoded slash and other characters', async () => {
    const id = `${running.freshId()}/š ?#`;
    await running.broker.send(id, 'FINISHED');
    const client = running.connect(`/channels/${encodeURIComponent(id)}`);
    await client.received(1);
    expect(client.commands()).toEqual(['FINISHED']);
  });

  it.each(['/channels/', '/channels/%zz', '/channels/%ff', `/channels/${'x'.repeat(65)}`])(
    'is refused for the invalid id of %s',
    async (path) => {
      expect(await running.connect(path).closed).toEqual({ code: 1008, reason: 'channel id' });
    },
  );

  it('resumes after a position without loss and without repetition', async () => {
    const id = running.freshId();
    for (const command of ['A', 'B', 'C']) await running.broker.send(id, command);
    const first = connect(id);
    await first.received(3);
    const client = connect(id, `?after=${first.items()[0]!.id}`);
    await running.broker.send(id, 'FINISHED');
    await client.closed;
    expect(client.commands()).toEqual(['B', 'C', 'FINISHED']);
  });

  it.each(['', '?after=', '?lastEventId=&after='])(
    'contains the whole log for a client without a position: %j',
    async (query) => {
      const id = running.freshId();
      await running.broker.send(id, 'FINISHED');
      const client = connect(id, query);
      await client.closed;
      expect(client.frames).toEqual([expect.stringContaining('FINISHED')]);
    },
  );

  it.each(['other-1', 'nonsense', 'constructor', '__proto__'])(
    'starts with {"reset":"epoch"} for the unknown position ?after=%s',
    async (after) => {
      const id = running.freshId();
      await running.broker.send(id, 'FINISHED');
      const frames = await connect(id, `?after=${after}`).received(2);
      expect(frames[0]).toBe('{"reset":"epoch"}');
      expect(frames[1]).toContain('FINISHED');
    },
  );

  it('selects recodex.v1 when the client offers it, and never returns a token', async () => {
    const id = running.freshId();
    await running.broker.send(id, 'FINISHED');
    const client = running.connect(`/channels/${id}`, { protocols: ['token.secret', 'recodex.v1'] });
    await client.received(1);
    expect(client.socket.protocol).toBe('recodex.v1');
  });

  it('ignores text of the client, and is closed after a binary message', async () => {
    const client = await connect(running.freshId()).opened();
    client.socket.send('hello');
    client.socket.send(Buffer.from('hello'));
    expect(await client.closed).toEqual({ code: 1003, reason: 'text only' });
  });
});

function connect(id: string, query = ''): TestClient {
  return running.connect(`/channels/${id}${query}`);
}
