import { Daemon } from '../attacks/daemon.js';
import { unexpectedLines } from './unexpected-lines.js';

/** Milliseconds in which the daemon must answer a probe on a busy machine. */
const PROBE_TIMEOUT = 10_000;

/** Channels expire fast and the heap is small, so that a leak ends the daemon. */
const HEAP_MIB = 256;
const SETTINGS = {
  RETENTION_IDLE: '3',
  RETENTION_FINISHED: '3',
  LIMITS_TOTAL_BYTES: String(32 * 1024 * 1024),
  LIMITS_CHANNEL_BYTES: String(16 * 1024 * 1024),
};

/** The daemon that gets the inputs. */
export class FuzzDaemon {
  /** The length of the output that was checked. The lines of the start are not about input. */
  private checked: number;

  private constructor(readonly daemon: Daemon) {
    this.checked = daemon.output.length;
  }

  static async start(): Promise<FuzzDaemon> {
    return new FuzzDaemon(await Daemon.start({ heapMiB: HEAP_MIB, settings: SETTINGS }));
  }

  get publicPort(): number {
    return this.daemon.publicPort;
  }

  get adminPort(): number {
    return this.daemon.adminPort;
  }

  /** Everything that is wrong since the last call: the end of the process, unexpected log lines, no answer to a probe. */
  async problems(): Promise<string[]> {
    const output = this.daemon.output;
    // The last line may be incomplete.
    const end = this.daemon.isRunning ? output.lastIndexOf('\n') + 1 : output.length;
    const lines = unexpectedLines(output.slice(this.checked, end)).map((line) => `The log says: ${line}`);
    this.checked = end;
    if (!this.daemon.isRunning) return [...lines, `The daemon ended:\n${output.slice(-2000)}`];
    const answered = await this.probe();
    return answered ? lines : [...lines, `/health/live gave no answer within ${PROBE_TIMEOUT} ms`];
  }

  /** The value of each metric, without its prefix. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const text = await (await fetch(`http://127.0.0.1:${this.adminPort}/metrics`)).text();
    const samples = text.matchAll(/^recodex_monitor_(\S+) (\S+)$/gm);
    return Object.fromEntries([...samples].map(([, name, value]) => [name!, Number(value)]));
  }

  /** The number of channels in memory. */
  async channels(): Promise<number> {
    const states = Object.entries(await this.metrics()).filter(([name]) => name.startsWith('channels{'));
    return states.reduce((sum, [, count]) => sum + count, 0);
  }

  private probe(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.publicPort}/health/live`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
