import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosBroker } from '../chaos-broker.js';
import { ChaosJobs } from '../chaos-jobs.js';
import { ChaosProxy } from '../chaos-proxy.js';
import type { OperatorAction } from '../operator-actions.js';
import { ChaosOracle, type ActionRecord } from '../oracle.js';
import { SeededRandom } from '../seeded-random.js';
import { RelayCluster } from './relay-cluster.js';
import { chooseFault, combinedLoss, RELAY_FAULTS, type RelayFault } from './relay-faults.js';

/** Options of a run of chaos with a relay. */
export interface RelayRunOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Small limits: logs are trimmed, channels are evicted, the buffer of the relay is small. */
  readonly isTight: boolean;
  /** Names of the faults to choose from; all by default. */
  readonly faults?: readonly string[] | undefined;
  /** An existing folder for the logs of all processes. */
  readonly logs?: string | undefined;
  readonly print: (line: string) => void;
}

const BROKERS = 2;
const MIN_QUIET_MS = 200;
const MAX_QUIET_MS = 1500;
/** The share of faults that come together with another one. */
const DOUBLE_SHARE = 0.3;
/** Milliseconds from one fault to the one that comes with it. */
const MAX_DISTANCE_MS = 2000;
/** Milliseconds after a recovery: all watchers must see what the processes got. */
const RECOVERY_MS = 1500;
/** Milliseconds without faults at the end, in which further jobs start. */
const CALM_MS = 5000;
/** A busy machine stops this process for longer than this. */
const STALL_MS = 1000;
const STALL_CHECK_MS = 100;
/** Resident memory of a process, in MiB. */
const MAX_MEMORY = 300;

const TIGHT: Readonly<Record<string, string>> = {
  RECODEX_MONITOR_LIMITS_CHANNEL_MESSAGES: '40',
  RECODEX_MONITOR_LIMITS_CHANNELS: '8',
  RECODEX_MONITOR_RETENTION_FINISHED: '3',
  RECODEX_MONITOR_RELAY_BUFFER: '20000',
};

/** Jobs, watchers that hop between edges, and faults of ingests, edges, links and Redis, for some seconds. */
export class RelayRun {
  readonly oracle: ChaosOracle;
  private readonly random: SeededRandom;
  private readonly records: ActionRecord[] = [];
  private readonly recoveries: number[] = [];
  private cluster!: RelayCluster;
  private proxies: readonly ChaosProxy[] = [];
  private brokers: readonly ChaosBroker[] = [];
  private jobs: ChaosJobs | undefined;
  private memory = 0;
  private end = Number.POSITIVE_INFINITY;

  constructor(private readonly options: RelayRunOptions) {
    this.random = new SeededRandom(options.seed);
    this.oracle = new ChaosOracle(this.records, true, options.isTight);
  }

  /** Resolves with the violations. */
  async run(): Promise<readonly string[]> {
    const { seed, seconds, isTight, logs } = this.options;
    const env = { RECODEX_MONITOR_HEARTBEAT_INTERVAL: '2', ...(isTight ? TIGHT : {}) };
    this.cluster = await RelayCluster.start(env, logs);
    let stalls: NodeJS.Timeout | undefined;
    try {
      const hop = this.random.fork(4);
      const edge = (): number => hop.pick(this.cluster.edges).daemon.ports.websocket;
      const faulty = await ChaosProxy.start(edge, this.random.fork(1));
      const direct = await ChaosProxy.start(edge, this.random.fork(5));
      direct.calm();
      this.proxies = [faulty, direct];
      this.brokers = Array.from({ length: BROKERS }, () => new ChaosBroker(this.cluster.endpoint));
      await Promise.all(this.brokers.map(({ connected }) => connected));
      this.jobs = new ChaosJobs({
        seed,
        random: this.random.fork(3),
        oracle: this.oracle,
        brokers: this.brokers,
        proxied: faulty.url,
        direct: direct.url,
      });
      stalls = this.watchForStalls();
      await Promise.all([
        this.operate(Date.now() + seconds * 1000),
        this.jobs.start(() => Date.now() >= this.end),
        this.jobs.judge(() => (this.memory = Math.max(this.memory, this.cluster.memory))),
      ]);
      await this.cluster.settle();
      await this.judgeCluster();
      this.report();
      return this.oracle.violations;
    } finally {
      clearInterval(stalls);
      this.jobs?.close();
      for (const broker of this.brokers) broker.close();
      for (const proxy of this.proxies) proxy.close();
      await this.cluster.remove();
    }
  }

  private async judgeCluster(): Promise<void> {
    const { violations } = this.oracle;
    this.oracle.judgeLosses();
    violations.push(...(await this.cluster.differences()));
    for (const { name, daemon } of this.cluster.members)
      violations.push(...daemon.crashes.map((crash) => `${name}: ${crash}`));
    if (this.memory > MAX_MEMORY)
      violations.push(`a process took ${Math.round(this.memory)} MiB, expected at most ${MAX_MEMORY}`);
  }

  private async operate(end: number): Promise<void> {
    const random = this.random.fork(2);
    const wanted = this.options.faults;
    const all = RELAY_FAULTS.filter(({ name }) => !wanted || wanted.includes(name));
    await this.cluster.redis.backUp();
    for (let count = 0; ; count++) {
      await sleep(random.between(MIN_QUIET_MS, MAX_QUIET_MS));
      if (Date.now() >= end) break;
      const first = chooseFault(random, all);
      // Two faults of Redis, or of one process, would get into each other's way.
      const others = all.filter(({ harms }) => isRedis(harms) !== isRedis(first.harms));
      const isDouble = random.next() < DOUBLE_SHARE && others.length > 0;
      await this.cause(isDouble ? [first, chooseFault(random, others)] : [first], random.fork(count));
    }
    for (const proxy of this.proxies) proxy.calm();
    this.end = Date.now() + CALM_MS;
  }

  private async cause(faults: readonly RelayFault[], random: SeededRandom): Promise<void> {
    const record = this.record(faults.map(({ name }) => name).join(' + '), combinedLoss(faults));
    this.options.print(`  ${record.action.name} ...`);
    const distance = random.between(0, MAX_DISTANCE_MS);
    await Promise.all(
      faults.map(async (fault, index) => {
        await sleep(index * distance);
        await fault.run(this.cluster, random.fork(index));
      }),
    );
    this.recoveries.push(await this.cluster.settle());
    record.to = Date.now();
    await sleep(RECOVERY_MS);
  }

  private record(name: string, loss: OperatorAction['loss'], from = Date.now()): ActionRecord {
    const record = { action: { name, loss }, from, to: Number.POSITIVE_INFINITY, sent: 0, lost: [] };
    this.records.push(record);
    return record;
  }

  /** The links to Redis pass through this process. When it gets no CPU time, a process may lose the lease. */
  private watchForStalls(): NodeJS.Timeout {
    let last = Date.now();
    return setInterval(() => {
      const from = last;
      last = Date.now();
      if (last - from < STALL_MS) return;
      const record = this.record('stall of the test', 'handover', from);
      void this.cluster.settle().then(
        () => (record.to = Date.now()),
        (error: unknown) => this.oracle.violations.push(String(error)),
      );
    }, STALL_CHECK_MS);
  }

  private report(): void {
    const { print, seed } = this.options;
    const { figures } = this.oracle;
    print(
      `seed ${seed}: ${Object.entries(figures)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}`,
    );
    for (const name of [...new Set(this.records.map(({ action }) => action.name))].toSorted()) {
      const records = this.records.filter(({ action }) => action.name === name);
      const lost = records.map((record) => record.lost.length);
      const total = lost.reduce((sum, count) => sum + count, 0);
      print(
        `  ${name}: ${records.length} times, ${total} messages lost, at most ${Math.max(...lost)} at once`,
      );
    }
    print(
      `  connections: ${[...this.proxies[0]!.counts].map(([fault, count]) => `${count} ${fault}`).join(', ')}`,
    );
    print(
      `  recovery after a fault: ${median(this.recoveries)} ms (median), at most ${Math.max(...this.recoveries)} ms`,
    );
    print(`  memory of a process: at most ${Math.round(this.memory)} MiB`);
  }
}

function isRedis(harms: RelayFault['harms']): boolean {
  return harms === 'away' || harms === 'data';
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
