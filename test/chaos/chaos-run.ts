import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosBroker } from './chaos-broker.js';
import { ChaosDaemon } from './chaos-daemon.js';
import { ChaosJobs } from './chaos-jobs.js';
import { ChaosProxy } from './chaos-proxy.js';
import { chooseAction } from './operator-actions.js';
import { ChaosOracle, type ActionRecord } from './oracle.js';
import { SeededRandom } from './seeded-random.js';

/** Options of a run of chaos. */
export interface ChaosOptions {
  readonly seed: number;
  readonly seconds: number;
  /** The daemon has a journal. */
  readonly hasJournal: boolean;
  /** Further settings of the daemon, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the actions that the operator chooses from; all by default. */
  readonly actions?: readonly string[] | undefined;
  readonly print: (line: string) => void;
}

const BROKERS = 2;
/** Milliseconds between two actions of the operator. */
const MIN_QUIET_MS = 200;
const MAX_QUIET_MS = 3000;
/** Further milliseconds after an action that loses messages: the witnesses must see what the new daemon got. */
const RECOVERY_MS = 3000;
/** Resident memory of the daemon under this load, in MiB. */
const MAX_MEMORY = 300;

/** Jobs, watchers behind a bad network, and an operator, all at the same time, for some seconds. */
export class ChaosRun {
  readonly oracle: ChaosOracle;
  private readonly random: SeededRandom;
  private readonly actions: ActionRecord[] = [];
  private jobs: ChaosJobs | undefined;
  private brokers: readonly ChaosBroker[] = [];
  private daemon!: ChaosDaemon;
  private proxy!: ChaosProxy;
  private memory = 0;

  constructor(private readonly options: ChaosOptions) {
    this.random = new SeededRandom(options.seed);
    this.oracle = new ChaosOracle(this.actions, options.hasJournal);
  }

  /** Resolves with the violations. */
  async run(): Promise<readonly string[]> {
    this.daemon = await ChaosDaemon.install(this.options.hasJournal, {
      RECODEX_MONITOR_HEARTBEAT_INTERVAL: '2',
      ...this.options.env,
    });
    try {
      await this.daemon.start();
      this.proxy = await ChaosProxy.start(this.daemon.ports.websocket, this.random.fork(1));
      const endpoint = `tcp://127.0.0.1:${this.daemon.ports.zeromq}`;
      this.brokers = Array.from({ length: BROKERS }, () => new ChaosBroker(endpoint));
      this.jobs = new ChaosJobs({
        seed: this.options.seed,
        random: this.random.fork(3),
        oracle: this.oracle,
        brokers: this.brokers,
        proxied: this.proxy.url,
        direct: `http://127.0.0.1:${this.daemon.ports.websocket}`,
      });
      const end = Date.now() + this.options.seconds * 1000;
      await Promise.all([
        this.operate(end),
        this.jobs.start(() => Date.now() >= end),
        this.jobs.judge(() => (this.memory = Math.max(this.memory, this.daemon.memory))),
      ]);
      this.oracle.judgeLosses();
      this.oracle.violations.push(...this.daemon.crashes);
      if (this.memory > MAX_MEMORY)
        this.oracle.violations.push(
          `the daemon took ${Math.round(this.memory)} MiB, expected at most ${MAX_MEMORY}`,
        );
      this.report();
      return this.oracle.violations;
    } finally {
      this.jobs?.close();
      for (const broker of this.brokers) broker.close();
      this.proxy?.close();
      await this.daemon.remove();
    }
  }

  private async operate(end: number): Promise<void> {
    const random = this.random.fork(2);
    for (let count = 0; ; count++) {
      await sleep(random.between(MIN_QUIET_MS, MAX_QUIET_MS));
      if (Date.now() >= end) break;
      const action = chooseAction(random, this.options.actions);
      const record: ActionRecord = {
        action,
        from: Date.now(),
        to: Number.POSITIVE_INFINITY,
        sent: 0,
        lost: [],
      };
      this.actions.push(record);
      this.options.print(`  ${action.name} ...`);
      await action.run(this.daemon, random.fork(count));
      record.to = Date.now();
      if (action.loss !== 'none') await sleep(RECOVERY_MS);
    }
    this.proxy.calm();
  }

  private report(): void {
    const { print, seed } = this.options;
    const { figures } = this.oracle;
    print(
      `seed ${seed}: ${Object.entries(figures)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}`,
    );
    for (const name of new Set(this.actions.map(({ action }) => action.name))) {
      const records = this.actions.filter(({ action }) => action.name === name);
      const sum = records.reduce((total, { lost }) => total + lost.length, 0);
      const { lost } = records.reduce((worst, other) =>
        other.lost.length > worst.lost.length ? other : worst,
      );
      const when =
        lost.length > 0 ? `, sent ${Math.min(...lost)} to ${Math.max(...lost)} ms after its start` : '';
      print(
        `  ${name}: ${records.length} times, ${sum} messages lost, at most ${lost.length} at once${when}`,
      );
    }
    print(`  connections: ${[...this.proxy.counts].map(([fault, count]) => `${count} ${fault}`).join(', ')}`);
    print(`  memory of the daemon: at most ${Math.round(this.memory)} MiB`);
  }
}
