import { Router } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { simulate, type SimulateOptions } from '../../src/cli/simulate.js';
import { WatchInstructions } from '../../src/cli/watch-instructions.js';

/** The messages of a job with three tasks. */
const COMMANDS = ['DOWNLOADED', 'STARTED', 'TASK', 'TASK', 'TASK', 'ENDED', 'UPLOADED', 'FINISHED'];

describe('simulate', () => {
  let monitor: Router;
  let options: SimulateOptions;
  let lines: string[];
  const out = (line: string): void => void lines.push(line);
  const never = new AbortController().signal;

  beforeEach(async () => {
    monitor = new Router({ routingId: 'recodex-monitor', receiveHighWaterMark: 0 });
    await monitor.bind('tcp://127.0.0.1:*');
    lines = [];
    const instructions = new WatchInstructions('recodex-monitor', 'http://127.0.0.1:4567');
    const endpoint = monitor.lastEndpoint!;
    options = { jobs: 1, tasks: 3, rate: 100_000, outcome: 'ok', endpoint, instructions, delay: 0 };
  });

  afterEach(() => monitor.close());

  it('plays a job to the monitor as the broker would, and first prints how to watch it', async () => {
    await simulate({ ...options, id: 'demo' }, out, never);
    const messages = await receive(8);
    expect(messages.map(([id, command]) => `${id} ${command}`)).toEqual(
      COMMANDS.map((name) => `demo ${name}`),
    );
    expect(messages[3]).toEqual([
      'demo',
      'TASK',
      expect.stringMatching(/^t01\.[0-9a-f-]{36}\.run\.1$/),
      'COMPLETED',
    ]);
    expect(lines).toEqual([
      'demo',
      '  http://127.0.0.1:4567/channels/demo?expected=3',
      '  recodex-monitor watch --expected 3 demo',
      'demo: ended (ok, 8 messages)',
      '8 messages sent.',
    ]);
  });

  it('plays several jobs at the same time, each in order', async () => {
    await simulate({ ...options, jobs: 3, id: 'j' }, out, never);
    const messages = await receive(24);
    expect(messages.slice(0, 4).map(([id]) => id)).toEqual(['j-1', 'j-2', 'j-3', 'j-1']);
    for (const job of ['j-1', 'j-2', 'j-3']) {
      const commands = messages.filter(([id]) => id === job).map(([, command]) => command);
      expect(commands).toEqual(COMMANDS);
    }
  });

  it('gives jobs random ids by default', async () => {
    await simulate({ ...options, jobs: 2, outcome: 'rejected' }, out, never);
    const ids = (await receive(2)).map(([id]) => id!);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it('plays the jobs again until its signal aborts', async () => {
    const stop = new AbortController();
    const playing = simulate({ ...options, id: 'demo', repeat: 0 }, out, stop.signal);
    const commands = (await receive(24)).map(([, command]) => command);
    expect(commands).toEqual([...COMMANDS, ...COMMANDS, ...COMMANDS]);
    stop.abort();
    await playing;
    expect(lines.at(-1)).toBe('Stopped.');
  });

  it('gives repeated jobs new random ids', async () => {
    const stop = new AbortController();
    const playing = simulate({ ...options, outcome: 'rejected', repeat: 0 }, out, stop.signal);
    const ids = (await receive(3)).map(([id]) => id);
    expect(new Set(ids).size).toBe(3);
    stop.abort();
    await playing;
  });

  it('stops when its signal aborts', async () => {
    const stop = new AbortController();
    const received = monitor.receive();
    const playing = simulate({ ...options, rate: 0.01 }, out, stop.signal);
    await received;
    stop.abort();
    await playing;
    expect(lines.at(-1)).toBe('Stopped.');
  });

  it('stops during the delay before the first message, and while it waits for the monitor', async () => {
    const stop = new AbortController();
    await simulate(
      { ...options, delay: 3600 },
      (line) => void (line.startsWith('The first') && stop.abort()),
      stop.signal,
    );
    const free = await freeEndpoint();
    await simulate({ ...options, endpoint: free }, out, AbortSignal.abort());
    expect(lines).toEqual(['Stopped.']);
  });

  it('names the endpoint and the timeout when no monitor answers', async () => {
    const endpoint = await freeEndpoint();
    await expect(simulate({ ...options, endpoint, connectTimeout: 0.05 }, out, never)).rejects.toThrow(
      `no monitor answers at ${endpoint} (waited 0.05 s): start it with "`,
    );
    expect(lines).toEqual([]);
  });

  it('reports that another program answers', async () => {
    const other = new Router({ routingId: 'somebody-else' });
    await other.bind('tcp://127.0.0.1:*');
    const endpoint = other.lastEndpoint!;
    await expect(simulate({ ...options, endpoint, connectTimeout: 0.5 }, out, never)).rejects.toThrow(
      'is not a recodex-monitor',
    );
    other.close();
  });

  it('rejects an invalid endpoint and too many tasks', async () => {
    await expect(simulate({ ...options, endpoint: 'nonsense' }, out, never)).rejects.toThrow(
      'got "nonsense"',
    );
    await expect(simulate({ ...options, jobs: 10_000, tasks: 1000 }, out, never)).rejects.toThrow(RangeError);
  });

  async function receive(count: number): Promise<string[][]> {
    const messages: string[][] = [];
    while (messages.length < count) {
      const [, ...frames] = await monitor.receive();
      messages.push(frames.map(String));
    }
    return messages;
  }
});

async function freeEndpoint(): Promise<string> {
  const socket = new Router();
  await socket.bind('tcp://127.0.0.1:*');
  const endpoint = socket.lastEndpoint!;
  await socket.unbind(endpoint);
  socket.close();
  return endpoint;
}
