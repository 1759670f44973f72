import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { NotifySocket } from './notify-socket.js';
import { ENVIRONMENT, run } from './run.js';
import type { UnitFile } from './unit-file.js';

/** The installed configuration has fixed ports, which may be in use here. */
const FREE_PORTS = Object.fromEntries(
  ['WEBSOCKET', 'ZEROMQ', 'ADMIN'].map((name) => [`RECODEX_MONITOR_${name}_URI`, '127.0.0.1:0']),
);

/** How a service is started. */
export interface ServiceOptions {
  readonly notifyPath: string;
  /** Microseconds. */
  readonly watchdog?: number;
  readonly environment?: Record<string, string>;
  /** A directory in front of all paths of the unit. */
  readonly root?: string;
  /** The id of the user and of the group, where this machine does not know the names of the unit. */
  readonly user?: string;
}

/** A service that runs what its unit says, as the user of the unit. No systemd runs on a build machine. */
export class Service {
  output = '';
  private readonly exit: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcess,
    readonly notifications: NotifySocket,
  ) {
    this.exit = once(child, 'close').then(([code]) => code as number | null);
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => (this.output += String(data)));
  }

  /**
   * Makes the state directory, runs the check of the unit and starts the service. Resolves when the service reports that it
   * is ready.
   */
  static async start(unit: UnitFile, options: ServiceOptions): Promise<Service> {
    const notifications = await NotifySocket.open(options.notifyPath);
    const environment = {
      ...ENVIRONMENT,
      ...unit.environment,
      ...FREE_PORTS,
      ...options.environment,
    };
    const [user, group] = [options.user ?? unit.get('User'), options.user ?? unit.get('Group')];
    const asUser = ['--reuid', user, '--regid', group, '--clear-groups'];
    const state = join(options.root ?? '/', 'var/lib', unit.get('StateDirectory'));
    const owner = ['-o', user, '-g', group, '-m', unit.get('StateDirectoryMode')];
    run('install', '--directory', ...owner, state);
    const command = (key: string): string[] => [
      ...asUser,
      ...unit.command(key).map((word) => (word.startsWith('/') ? (options.root ?? '') + word : word)),
    ];
    execFileSync('setpriv', command('ExecStartPre'), {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const child = spawn('setpriv', command('ExecStart'), {
      env: {
        ...environment,
        NOTIFY_SOCKET: notifications.path,
        ...(options.watchdog && { WATCHDOG_USEC: String(options.watchdog) }),
      },
      cwd: '/',
    });
    const service = new Service(child, notifications);
    await Promise.race([notifications.receives('READY=1'), service.exit]);
    if (child.exitCode !== null) throw new Error(`The service has ended: ${service.output}`);
    return service;
  }

  /** The URL of the admin listener, from the log. */
  get adminUrl(): string {
    return /key=admin_uri .*url=(\S+)/.exec(this.output)![1]!;
  }

  /** Sends a job to the service as the broker does. Resolves to what a client receives. */
  async relayJob(id: string): Promise<string> {
    await this.send(id, 'STARTED', 'FINISHED');
    return this.stream(id);
  }

  /** Sends messages to the service as the broker does. */
  async send(id: string, ...commands: readonly string[]): Promise<void> {
    const [, endpoint] = /address=(tcp:\S+)/.exec(this.output)!;
    const broker = await FakeBroker.connect(endpoint!);
    try {
      for (const command of commands) await broker.send(id, command);
    } finally {
      broker.close();
    }
  }

  /** Resolves to the stream of a job that ends. @param after the position of the client */
  async stream(id: string, after = ''): Promise<string> {
    const headers = { Accept: 'text/event-stream' };
    return (await fetch(`${this.channelUrl(id)}?after=${after}`, { headers })).text();
  }

  /** Resolves to the position of a job that has as many messages. */
  async position(id: string, messages: number): Promise<string> {
    const headers = { Accept: 'application/json' };
    return vi.waitFor(async () => {
      const summary = await (await fetch(this.channelUrl(id), { headers })).json();
      expect(summary).toMatchObject({ messages, partial: false });
      return (summary as { position: string }).position;
    });
  }

  /** Does what `ExecReload=` of the unit does. Resolves when the service reports the end. */
  async reload(): Promise<void> {
    this.child.kill('SIGHUP');
    await this.notifications.receives('READY=1', 2);
  }

  /** Stops the service. Resolves to its exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exit;
  }

  kill(): void {
    this.child.kill('SIGKILL');
    this.notifications.close();
  }

  private channelUrl(id: string): string {
    const [, address] = /key=websocket_uri address=(\S+)/.exec(this.output)!;
    return `http://${address}/channels/${id}`;
  }
}
