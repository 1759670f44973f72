import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { VARIABLE_PREFIX } from '../config/keys.js';
import { DEMO_HOST, type MonitorPorts } from './demo-ports.js';

const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 20_000;
/** Milliseconds until a monitor that does not stop is killed. Ctrl-C must be quick. */
const STOP_TIMEOUT_MS = 700;
/** Stops the monitor when the demo is killed, which closes the IPC channel between the two processes. */
const STOP_WITH_PARENT = `data:text/javascript,process.on('disconnect',()=>process.kill(process.pid,'SIGTERM'));process.channel?.unref()`;

/** A monitor in a child process, with default settings except for the ports. */
export class DemoMonitor {
  private stderr = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  /** Resolves when the monitor is ready. Rejects with its error output when it does not start. */
  static async start(ports: MonitorPorts, signal: AbortSignal): Promise<DemoMonitor> {
    const child = spawn(
      process.execPath,
      [...process.execArgv, '--import', STOP_WITH_PARENT, process.argv[1]!, 'run'],
      {
        env: { ...withoutSettings(process.env), ...settingsOf(ports) },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // A separate process group: Ctrl-C in the terminal reaches only the demo, which stops the monitor last.
        detached: true,
      },
    );
    const monitor = new DemoMonitor(child);
    try {
      await monitor.ready(ports.websocket, signal);
      return monitor;
    } catch (error) {
      await monitor.stop();
      throw error;
    }
  }

  /** Rejects when the monitor exits before `stop`. */
  async failure(signal: AbortSignal): Promise<never> {
    if (this.isRunning) await once(this.child, 'close', { signal });
    throw new Error(`the monitor has ended: ${this.stderr.trim()}`);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async ready(port: number, signal: AbortSignal): Promise<void> {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
    while (this.isRunning) {
      const response = await fetch(`http://${DEMO_HOST}:${port}/health/ready`, { signal: timeout }).catch(
        () => null,
      );
      if (response?.ok) return;
      await sleep(READY_POLL_MS, undefined, { signal: timeout });
    }
    throw new Error(`the monitor did not start: ${this.stderr.trim()}`);
  }
}

// The demo ignores the configuration of the user's shell.
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(VARIABLE_PREFIX)));
}

function settingsOf({ websocket, zeromq, admin }: MonitorPorts): NodeJS.ProcessEnv {
  return {
    [`${VARIABLE_PREFIX}WEBSOCKET_URI`]: `${DEMO_HOST}:${websocket}`,
    [`${VARIABLE_PREFIX}ZEROMQ_URI`]: `${DEMO_HOST}:${zeromq}`,
    [`${VARIABLE_PREFIX}ADMIN_URI`]: `${DEMO_HOST}:${admin}`,
    [`${VARIABLE_PREFIX}SHUTDOWN_DRAIN`]: '0',
  };
}
