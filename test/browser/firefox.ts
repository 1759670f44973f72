import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** The browser; `undefined`: it is not installed. */
export const FIREFOX = [process.env['FIREFOX'], '/usr/bin/firefox-esr'].find(
  (path) => path !== undefined && existsSync(path),
);

interface Answer {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: Record<string, unknown>;
  readonly message?: string;
}

/** A Firefox with an empty profile, driven by WebDriver BiDi. */
export class Firefox {
  private count = 0;
  private readonly pending = new Map<number, (answer: Answer) => void>();
  private context = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.id !== undefined) this.pending.get(answer.id)?.(answer);
    });
  }

  static async start(path: string): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), 'page-firefox-'));
    const child = spawn(
      path,
      ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
      },
    );
    const socket = new WebSocket(`${await endpointOf(child)}/session`);
    await once(socket, 'open');
    const firefox = new Firefox(child, profile, socket);
    await firefox.send('session.new', { capabilities: {} });
    firefox.context = (await firefox.send('browsingContext.create', { type: 'tab' }))['context'] as string;
    return firefox;
  }

  async open(url: string): Promise<void> {
    await this.send('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** The text of the first element that matches the selector; empty if there is none. */
  async textOf(selector: string): Promise<string> {
    const expression = `document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`;
    const { result } = await this.send('script.evaluate', {
      expression,
      target: { context: this.context },
      awaitPromise: false,
    });
    return (result as { value: string }).value;
  }

  async close(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private async send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.count;
    const answered = new Promise<Answer>((resolve) => this.pending.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { type, result, message } = await answered;
    this.pending.delete(id);
    if (type === 'error') throw new Error(`${method}: ${message}`);
    return result ?? {};
  }
}

/** The address that Firefox prints when it listens. */
async function endpointOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stderr!)) {
    const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
    if (url !== undefined) {
      child.stderr!.resume();
      return url;
    }
  }
  throw new Error('Firefox ended before it listened');
}
