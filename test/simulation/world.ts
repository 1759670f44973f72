import type { Settings } from '../../src/config/settings.js';
import { ClientNetwork, type NetworkContext } from './client-network.js';
import type { Coverage } from './coverage.js';
import { Daemon } from './daemon.js';
import { EventLoop, SimulatedProcess } from './event-loop.js';
import { Job } from './job.js';
import { LegacyWatcher } from './legacy-watcher.js';
import { LibraryWatcher } from './library-watcher.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryDisk, type DiskLoss } from './memory-disk.js';
import { randomFor } from './random.js';
import type { Scenario } from './scenario.js';
import { Truth } from './truth.js';

/** Parts of the random numbers of a run. Each part has its own, so that a dropped step changes little. */
const PARTS = { broker: 2, disk: 4, jobs: 10, clients: 100, networks: 1000 };

/** Everything in a simulated run: a monitor, a broker with jobs, watchers and their networks. */
export class World implements NetworkContext {
  readonly seed: number;
  readonly settings: Settings;
  readonly truth = new Truth(() => this.loop.awake);
  readonly clients = new SimulatedProcess('clients');
  readonly outside = new SimulatedProcess('outside');
  readonly loop = new EventLoop(this.outside);
  readonly broker: MemoryBroker;
  readonly watchers = new Map<number, LibraryWatcher | LegacyWatcher>();
  readonly lines: string[] = [];
  /** The process of the monitor. `undefined` while there is none. */
  daemon: Daemon | undefined;
  /** When messages were last sent to each channel. */
  readonly sentAt = new Map<string, number>();
  private readonly disk: MemoryDisk;
  private readonly jobs = new Map<string, Job>();

  constructor(
    private readonly scenario: Scenario,
    readonly coverage: Coverage,
  ) {
    this.seed = scenario.seed;
    // A copy, because the end of a run relaxes the limits.
    this.settings = structuredClone(scenario.settings);
    this.disk = new MemoryDisk(this.loop, randomFor(this.seed, PARTS.disk));
    this.broker = new MemoryBroker(this.loop, randomFor(this.seed, PARTS.broker), this.truth, coverage);
  }

  log(line: string): void {
    this.lines.push(`${(this.loop.now / 1000).toFixed(4).padStart(10)} ${line}`);
  }

  /** Starts a process of the monitor after `delay` milliseconds. */
  start(delay: number): void {
    const process = new SimulatedProcess('monitor');
    const { loop, broker, settings, disk, truth, coverage } = this;
    const { highWaterMark, journal: bounds } = this.scenario;
    const journal = bounds && { disk, bounds };
    loop.input(process, delay, () => {
      this.log('monitor: start');
      truth.startProcess();
      this.daemon = new Daemon({ loop, broker, settings, highWaterMark, process, journal, truth, coverage });
      this.daemon.start();
    });
  }

  /** Lets the process of the monitor end, and starts the next one after `down` milliseconds. */
  end(daemon: Daemon, down: number, loss?: DiskLoss): void {
    this.log('monitor: gone');
    daemon.addTo(this.coverage);
    daemon.die(loss);
    if (loss) this.disk.lose(loss);
    this.daemon = undefined;
    this.start(down);
  }

  job(channel: string): Job {
    let job = this.jobs.get(channel);
    if (!job) {
      const part = PARTS.jobs + channel.charCodeAt(0);
      job = new Job(channel, randomFor(this.seed, part), this.coverage);
      this.jobs.set(channel, job);
    }
    return job;
  }

  network(watcher: number, profile: ConstructorParameters<typeof ClientNetwork>[1]): ClientNetwork {
    return new ClientNetwork(this, profile, `watcher ${watcher}`, PARTS.networks + watcher);
  }

  randomOfClient(watcher: number): () => number {
    return randomFor(this.seed, PARTS.clients + watcher).next;
  }

  /** The messages go to the broker now. */
  send(channel: string, messages: ReturnType<Job['next']>): void {
    if (messages.length === 0) return;
    this.log(`sent ${messages[0]!.taskId} to ${messages.at(-1)!.taskId}`);
    this.sentAt.set(channel, this.loop.now);
    this.broker.send(messages);
  }

  /** Runs the world until `time`, or until something is wrong. */
  async run(time: number): Promise<void> {
    while (!this.truth.failure && (await this.loop.turn(time))) this.daemon?.checkBounds(this.truth);
  }
}
