import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosBroker } from './chaos-broker.js';
import { ChaosJob } from './chaos-job.js';
import type { ChaosOracle } from './oracle.js';
import type { SeededRandom } from './seeded-random.js';

const MAX_JOBS = 12;
const NEW_JOB_MS = 400;
const JUDGE_MS = 250;
/** Milliseconds that all streams may take to end. The client library waits up to 30 s before it connects again. */
const END_TIMEOUT_MS = 45_000;

/** What jobs need. */
export interface ChaosJobsOptions {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly oracle: ChaosOracle;
  readonly brokers: readonly ChaosBroker[];
  /** The URL of the monitor behind a bad network. */
  readonly proxied: string;
  readonly direct: string;
}

/** Jobs that run at the same time. Each is judged when its streams have ended. */
export class ChaosJobs {
  private readonly jobs = new Set<ChaosJob>();
  private isOver = false;

  constructor(private readonly options: ChaosJobsOptions) {}

  /** Starts a job again and again, until `isOver`. */
  async start(isOver: () => boolean): Promise<void> {
    const { seed, random, oracle, brokers, proxied, direct } = this.options;
    for (let count = 0; !isOver(); count++) {
      if (this.jobs.size < MAX_JOBS) {
        const job = new ChaosJob(`verify-${seed}-${count}`, random.fork(count));
        this.jobs.add(job);
        job.watch(proxied, direct);
        const broker = brokers[count % brokers.length]!;
        job.publish(broker).catch((error: unknown) => oracle.violations.push(String(error)));
      }
      await sleep(NEW_JOB_MS);
    }
    this.isOver = true;
  }

  /** Resolves when all jobs are judged. @param onRound called again and again meanwhile */
  async judge(onRound: () => void): Promise<void> {
    while (!this.isOver || this.jobs.size > 0) {
      await sleep(JUDGE_MS);
      onRound();
      for (const job of this.jobs) await this.judgeIfOver(job);
    }
  }

  close(): void {
    for (const job of this.jobs) job.close();
  }

  private async judgeIfOver(job: ChaosJob): Promise<void> {
    const { oracle, brokers } = this.options;
    if (job.finishedAt === undefined) return;
    const age = Date.now() - job.finishedAt;
    if (job.watching > 0 && age < END_TIMEOUT_MS) {
      if (oracle.mayMiss(job)) await job.finishAgain(brokers[0]!);
      return;
    }
    this.jobs.delete(job);
    oracle.judge(job);
    job.close();
  }
}
