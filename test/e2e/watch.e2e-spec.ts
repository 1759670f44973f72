import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { textWidth } from '../../src/cli/columns.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { watchJob, type WatchJobOptions } from '../../src/cli/watch-job.js';

const ESCAPES = new RegExp(String.raw`\u001b\[\??\d*[A-Za-z]`, 'g');

describe('watch', () => {
  let server: PretendMonitor;
  let terminal: RecordingTerminal;
  let stop: AbortController;

  beforeEach(async () => {
    server = await PretendMonitor.open();
    terminal = new RecordingTerminal();
    stop = new AbortController();
  });

  afterEach(() => {
    vi.useRealTimers();
    stop.abort();
    server.close();
  });

  function start(options: Partial<WatchJobOptions> = {}): Promise<number> {
    return watchJob({ id: 'job', url: server.url, random: () => 0, ...options }, terminal, stop.signal);
  }

  it('prints a line for each message and ends with 0 on FINISHED', async () => {
    const watching = start();
    const visitor = await server.visitor();
    visitor.send('e-1 DOWNLOADED', 'e-2 TASK compile COMPLETED', 'e-3 TASK run FAILED', 'e-4 FINISHED');
    expect(await watching).toBe(0);
    expect(terminal.lines()).toEqual([
      '-- connected',
      '2026-11-23T19:00:01.000Z DOWNLOADED',
      '2026-11-23T19:00:02.000Z TASK compile COMPLETED',
      '2026-11-23T19:00:03.000Z TASK run FAILED',
      '2026-11-23T19:00:04.000Z FINISHED',
      'finished after 0:03: 1 completed, 1 failed, 0 skipped',
    ]);
  });

  it('asks for the channel by its percent-encoded id, below the path of a proxy', async () => {
    const watching = start({ id: 'a/b ?ř', url: `${server.url.replace('ws:', 'http:')}/monitor/` });
    const visitor = await server.visitor();
    expect(visitor.path).toBe('/monitor/channels/a%2Fb%20%3F%C5%99');
    visitor.send('e-1 STARTED', 'e-2 FINISHED');
    expect(await watching).toBe(0);
  });

  it.each([1006, 1012, 1013])(
    'comes back with its position after %i, and takes no message twice',
    async (code) => {
      const watching = start();
      const first = await server.visitor();
      first.send('e-1 STARTED', 'e-2 TASK a COMPLETED');
      await terminal.shows('TASK a');
      first.leave(code);
      const second = await server.visitor();
      expect(second.path).toBe('/channels/job?after=e-2');
      second.send('e-2 TASK a COMPLETED', 'e-3 TASK b COMPLETED', 'e-4 FINISHED');
      expect(await watching).toBe(0);
      expect(terminal.text.match(/TASK a/g)).toHaveLength(1);
      expect(terminal.lines().at(-1)).toContain('2 completed');
    },
  );

  it('comes back to a server that is away', async () => {
    const watching = start({ random: () => 0.001 });
    const first = await server.visitor();
    first.send('e-1 STARTED');
    await terminal.shows('STARTED');
    const port = server.port;
    server.close();
    await terminal.shows('connection refused', 4);
    server = await PretendMonitor.open(port);
    const second = await server.visitor();
    second.send('e-2 FINISHED');
    expect(await watching).toBe(0);
    expect(second.path).toBe('/channels/job?after=e-1');
  });

  it('drops what it has on a reset', async () => {
    const watching = start();
    const first = await server.visitor();
    first.send('e-1 STARTED', 'e-2 TASK a COMPLETED');
    await terminal.shows('TASK a');
    first.leave(1012);
    const second = await server.visitor();
    second.sendRaw('{"reset":"epoch"}');
    second.send('f-1 STARTED', 'f-2 TASK a FAILED', 'f-3 FINISHED');
    expect(await watching).toBe(0);
    expect(terminal.text).toContain('a new log');
    expect(terminal.lines().at(-1)).toContain('0 completed, 1 failed');
  });

  it('ends with 2 and counts "at least" when the beginning of the job is not known', async () => {
    const watching = start();
    (await server.visitor()).send('e-1 TASK b COMPLETED', 'e-2 FINISHED');
    expect(await watching).toBe(2);
    expect(terminal.text).toContain('-- the monitor missed the beginning of this job');
    expect(terminal.lines().at(-1)).toBe(
      'finished after 0:01: at least 1 completed, 0 failed, 0 skipped; the monitor missed the beginning of this job',
    );
  });

  it('ends with 2 when the first messages were trimmed, with 1 when the job failed all the same', async () => {
    const watching = start();
    const visitor = await server.visitor();
    visitor.sendRaw('{"reset":"trimmed"}');
    visitor.send('e-7 STARTED', 'e-8 FINISHED');
    expect(await watching).toBe(2);

    const again = start();
    (await server.visitor()).send('e-7 TASK a COMPLETED', 'e-8 FAILED', 'e-9 FINISHED');
    expect(await again).toBe(1);
  });

  it.each([1, 3])('ends with 2 when two tasks were reported and %i expected', async (expected) => {
    const watching = start({ expected });
    (await server.visitor()).send(
      'e-1 STARTED',
      'e-2 TASK a COMPLETED',
      'e-3 TASK b COMPLETED',
      'e-4 FINISHED',
    );
    expect(await watching).toBe(2);
    expect(terminal.lines().at(-1)).toContain(`; ${expected} tasks were expected, 2 were reported`);
  });

  it('ends with 1 when the build failed', async () => {
    const watching = start();
    (await server.visitor()).send('e-1 DOWNLOADED', 'e-2 FAILED', 'e-3 FINISHED');
    expect(await watching).toBe(1);
    expect(terminal.lines().at(-1)).toMatch(/^failed after/);
  });

  describe('after a FAILED without FINISHED', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    });

    it('ends with 1 when nothing follows for 3 s', async () => {
      const watching = start();
      (await server.visitor()).send('e-1 FAILED');
      await terminal.shows('FAILED');
      await vi.advanceTimersByTimeAsync(2999);
      expect(terminal.text).not.toContain('failed after');
      await vi.advanceTimersByTimeAsync(1);
      expect(await watching).toBe(1);
    });

    it('goes on when the next attempt follows', async () => {
      const watching = start();
      const visitor = await server.visitor();
      visitor.send('e-1 STARTED', 'e-2 FAILED');
      await terminal.shows('FAILED');
      await vi.advanceTimersByTimeAsync(2999);
      visitor.send('e-3 ABORTED');
      await terminal.shows('ABORTED');
      await vi.advanceTimersByTimeAsync(2999);
      visitor.send('e-4 STARTED');
      await terminal.shows('STARTED', 2);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(terminal.text).not.toContain('failed after');
      visitor.send('e-5 FINISHED');
      expect(await watching).toBe(0);
    });
  });

  it('comes back when the server falls silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = start();
    const first = await server.visitor();
    first.send('e-1 STARTED');
    await terminal.shows('STARTED');
    await vi.advanceTimersByTimeAsync(60_000);
    await terminal.shows('connection lost: reconnecting');
    await vi.advanceTimersByTimeAsync(1);
    const second = await server.visitor();
    second.send('e-2 FINISHED');
    expect(await watching).toBe(0);
  });

  it('ends with 2 when the stream ends before the job, with 1 when that had failed', async () => {
    const watching = start();
    const visitor = await server.visitor();
    visitor.send('e-1 STARTED', 'e-2 ABORTED');
    visitor.leave(1000, 'idle');
    expect(await watching).toBe(2);
    expect(terminal.lines().at(-1)).toContain('(idle) before the job ended; aborted');

    const again = start();
    const failed = await server.visitor();
    failed.send('e-1 FAILED');
    failed.leave(1000, 'idle');
    expect(await again).toBe(1);
  });

  it.each([
    [1003, 'text only'],
    [1008, 'channel id'],
    [1009, ''],
  ])('gives up with 2 after %i', async (code, reason) => {
    const watching = start();
    (await server.visitor()).leave(code, reason);
    expect(await watching).toBe(2);
    expect(terminal.lines().at(-1)).toBe(`the monitor refuses to show this job: ${reason || `code ${code}`}`);
  });

  it('gives up with 2 when the request is refused, but not while the server is busy', async () => {
    server.refuse(503);
    const watching = start();
    await terminal.shows('-- HTTP 503: reconnecting in 0.0 s', 2);
    server.refuse(401);
    expect(await watching).toBe(2);
    expect(terminal.lines().at(-1)).toBe('the monitor refuses to show this job: HTTP 401');
  });

  it('ends with 130 when interrupted, while connected as well as between two connections', async () => {
    const watching = start({ random: () => 0.1 });
    const visitor = await server.visitor();
    visitor.leave(1012);
    await terminal.shows('reconnecting in 0.1 s');
    stop.abort();
    expect(await watching).toBe(130);

    stop = new AbortController();
    const again = start();
    const second = await server.visitor();
    await terminal.shows('connected', 2);
    stop.abort();
    expect(await again).toBe(130);
    expect(await second.left).toBe(1000);
  });

  it('never lets a task id steer the terminal', async () => {
    for (const isTTY of [true, false]) {
      terminal = new RecordingTerminal(isTTY);
      const watching = start();
      const visitor = await server.visitor();
      visitor.send('e-1 STARTED');
      visitor.sendMessage({
        id: 'e-2',
        time: 'T\u001b]0;x\u0007',
        command: 'TASK',
        task_id: '\u001b[2J\n\u009b0m',
      });
      visitor.send('e-3 FINISHED');
      expect(await watching).toBe(0);
      for (const bad of ['\u001b[2J', '\u001b]', '\u009b', '\u0007'])
        expect(terminal.text).not.toContain(bad);
    }
    expect(terminal.text).toContain(String.raw`TASK \u001b[2J\n\u009b0m`);
  });

  it('says after 5 s that nothing is known of the job, and goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = start();
    const visitor = await server.visitor();
    await terminal.shows('connected');
    await vi.advanceTimersByTimeAsync(4999);
    expect(terminal.text).not.toContain('has no messages');
    await vi.advanceTimersByTimeAsync(1);
    expect(terminal.lines().at(-1)).toContain('-- the monitor has no messages of this job');
    visitor.send('e-1 FINISHED');
    await watching;
    expect(terminal.text).toContain('FINISHED');
  });

  it('says so, too, when the monitor has forgotten the job after a restart', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = start();
    const first = await server.visitor();
    first.send('e-1 STARTED');
    await terminal.shows('STARTED');
    await vi.advanceTimersByTimeAsync(5000);
    expect(terminal.text).not.toContain('has no messages');
    first.leave(1012);
    await terminal.shows('reconnecting');
    await vi.advanceTimersByTimeAsync(1);
    const second = await server.visitor();
    second.sendRaw('{"reset":"epoch"}');
    await terminal.shows('a new log');
    await vi.advanceTimersByTimeAsync(5000);
    expect(terminal.lines().at(-1)).toContain('has no messages of this job');
    stop.abort();
    expect(await watching).toBe(130);
  });

  it('says once that a running job is silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watching = start();
    const visitor = await server.visitor();
    visitor.send('e-1 STARTED');
    await terminal.shows('STARTED');
    // The server's pings keep the connection.
    for (let second = 0; second < 100; second += 20) {
      visitor.ping();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    await terminal.shows('-- no message for 60 s');
    expect(terminal.text.match(/no message for/g)).toHaveLength(1);
    stop.abort();
    await watching;
  });

  it.each([40, 80])(
    'names failed tasks and trouble on lines of their own within %i columns',
    async (columns) => {
      terminal = new RecordingTerminal(true, columns);
      const watching = start({ expected: 4, random: () => 0.1 });
      const first = await server.visitor();
      first.send('e-1 STARTED');
      const task_id = `t01.${'漢😀e\u0301'.repeat(50)}\u001b[2J.run.1`;
      first.sendMessage({ id: 'e-2', time: 'T', command: 'TASK', task_id, task_state: 'FAILED' });
      await terminal.shows('failed: t01.');
      first.leave(1012, 'restart '.repeat(12).trim());
      await terminal.shows('reconnecting in 1 s');
      const second = await server.visitor();
      second.leave(1008, 'channel id '.repeat(10).trim());
      expect(await watching).toBe(2);
      expect(terminal.text).toMatch(/\n?failed: t01\.[^\n]*…[^\n]*run\.1\n/);
      const lines = terminal.text.replaceAll(ESCAPES, '').split(/[\r\n]/);
      for (const line of lines) expect(textWidth(line)).toBeLessThan(columns);
    },
  );

  it('draws one line in place on a terminal, no wider than it, and says what the connection does', async () => {
    terminal = new RecordingTerminal(true);
    const watching = start({ expected: 2, random: () => 0.1 });
    const first = await server.visitor();
    await terminal.shows('live');
    first.send('e-1 STARTED', 'e-2 TASK a COMPLETED', 'e-3 TASK b FAILED');
    await terminal.shows('2/2  running  1 ok, 1 failed, 0 skipped');
    first.leave(1012, 'restart');
    await terminal.shows('reconnecting in 1 s (restart)');
    (await server.visitor()).send('e-4 FINISHED');
    expect(await watching).toBe(0);
    expect(terminal.lines().at(-1)).toBe('\u001b[?25h');
    expect(terminal.lines().at(-2)).toBe('finished after 0:03: 1 completed, 1 failed, 0 skipped');
    for (const line of terminal.text.split(/[\r\n]/)) {
      expect(line.replaceAll(ESCAPES, '').length).toBeLessThan(terminal.columns);
    }
  });
});

class RecordingTerminal implements Terminal {
  readonly color = false;
  text = '';
  private readonly written = new EventEmitter();

  constructor(
    readonly isTTY = false,
    readonly columns = 100,
  ) {}

  write(text: string): void {
    this.text += text;
    this.written.emit('text');
  }

  lines(): string[] {
    return this.text.trimEnd().split('\n');
  }

  async shows(text: string, times = 1): Promise<void> {
    while (this.text.split(text).length - 1 < times) await once(this.written, 'text');
  }
}

/** One connection to the pretended monitor. Messages are written `<id> <command> [<task> <state>]`. */
class Visitor {
  readonly left: Promise<number>;

  constructor(
    private readonly socket: WebSocket,
    readonly path: string,
  ) {
    this.left = new Promise((resolve) => socket.on('close', resolve));
  }

  send(...messages: string[]): void {
    for (const text of messages) {
      const [id, command, task_id, task_state] = text.split(' ');
      const time = new Date(Date.UTC(2026, 10, 23, 19, 0, Number(id!.split('-')[1]))).toISOString();
      this.sendMessage({ id, time, command, task_id, task_state });
    }
  }

  sendMessage(message: Record<string, string | undefined>): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(text: string): void {
    this.socket.send(text);
  }

  ping(): void {
    this.socket.ping();
  }

  leave(code: number, reason?: string): void {
    if (code === 1006) this.socket.terminate();
    else this.socket.close(code, reason);
  }
}

class PretendMonitor {
  private readonly waiting: Visitor[] = [];
  private readonly arrivals = new EventEmitter();
  private status: number | undefined;
  private readonly server: WebSocketServer;

  private constructor(port: number) {
    this.server = new WebSocketServer({
      host: '127.0.0.1',
      port,
      verifyClient: (_info, answer) => answer(this.status === undefined, this.status),
    });
    this.server.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      this.waiting.push(new Visitor(socket, request.url ?? ''));
      this.arrivals.emit('visitor');
    });
  }

  static async open(port = 0): Promise<PretendMonitor> {
    const monitor = new PretendMonitor(port);
    await once(monitor.server, 'listening');
    return monitor;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  accept(): void {
    this.status = undefined;
  }

  refuse(status: number): void {
    this.status = status;
  }

  async visitor(): Promise<Visitor> {
    while (this.waiting.length === 0) await once(this.arrivals, 'visitor');
    return this.waiting.shift()!;
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }
}
