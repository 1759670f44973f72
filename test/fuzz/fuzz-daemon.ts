import { Daemon } from '../attacks/daemon.js';
import type { FuzzProfile } from './profiles/fuzz-profile.js';
import { unexpectedLines } from './unexpected-lines.js';

/** Milliseconds in which the daemon must answer a probe on a busy machine. */
const PROBE_TIMEOUT = 10_000;

/** The heap is small, so that a leak ends the daemon. */
const HEAP_MIB = 256;

/** The daemon that gets the inputs. */
export class FuzzDaemon {
  /** The length of the output that was checked. The lines of the start are not about input. */
  private checked: number;

  private constructor(
    readonly daemon: Daemon,
    readonly profile: FuzzProfile,
  ) {
    this.checked = daemon.output.length;
  }

  static async start(profile: FuzzProfile): Promise<FuzzDaemon> {
    const { settings, file, operatorToken } = profile;
    return new FuzzDaemon(await Daemon.start({ heapMiB: HEAP_MIB, settings, file, operatorToken }), profile);
  }

  get publicPort(): number {
    return this.daemon.publicPort;
  }

  get adminPort(): number {
    return this.daemon.adminPort;
  }

  /**
   * Everything that is wrong since the last call: the end of the process, unexpected log lines, no answer to a probe.
   *
   * @param expected beginnings of errors and warnings that the input may cause
   */
  async problems(expected: readonly string[] = []): Promise<string[]> {
    const output = this.daemon.output;
    // The last line may be incomplete.
    const end = this.daemon.isRunning ? output.lastIndexOf('\n') + 1 : output.length;
    const lines = unexpectedLines(output.slice(this.checked, end), expected).map(
      (line) => `The log says: ${line}`,
    );
    this.checked = end;
    if (!this.daemon.isRunning) return [...lines, `The daemon ended:\n${output.slice(-2000)}`];
    const answered = await this.probe();
    return answered ? lines : [...lines, `/health/live gave no answer within ${PROBE_TIMEOUT} ms`];
  }

  /** The value of each metric, without its prefix. */
  metrics(): Promise<Readonly<Record<string, number>>> {
    return this.daemon.metrics();
  }

  /** The number of connected brokers. */
  async peers(): Promise<number> {
    return (await this.metrics())['broker_peers']!;
  }

  /** The number of channels in memory. */
  async channels(): Promise<number> {
    const states = Object.entries(await this.metrics()).filter(([name]) => name.startsWith('channels{'));
    return states.reduce((sum, [, count]) => sum + count, 0);
  }

  private probe(): Promise<boolean> {
    return fetch(`${this.daemon.http}/health/live`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT),
    }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
