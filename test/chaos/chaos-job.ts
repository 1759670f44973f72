import { setTimeout as sleep } from 'node:timers/promises';
import { parseLink } from '../../src/cli/verify/chain-link.js';
import { StreamCheck } from '../../src/cli/verify/stream-check.js';
import { StreamWatcher } from '../../src/cli/verify/stream-watcher.js';
import { libraryWatch } from '../../src/cli/verify/library-watch.js';
import { VerifyJob } from '../../src/cli/verify/verify-job.js';
import type { WatchConnection } from '../../src/cli/verify/watch-connection.js';
import { WATCH_PROTOCOLS, watchConnection } from '../../src/cli/verify/watch-protocols.js';
import type { WatchedItem } from '../../src/cli/verify/watched-item.js';
import type { ChaosBroker } from './chaos-broker.js';
import type { SeededRandom } from './seeded-random.js';

const MAX_TASKS = 200;
/** Milliseconds from the first message of a job to the last. */
const MAX_DURATION_MS = 8000;
/** Milliseconds after which a lost FINISHED is sent again. */
const FINISH_AGAIN_MS = 8000;
/** The client library waits this share of its usual time, which is up to 30 s while the daemon ends again and again. */
const LIBRARY_DELAY = 0.1;
/** Milliseconds until a watcher comes. */
const MAX_JOIN_MS = 2000;

/** One job, and watchers of each protocol. */
export class ChaosJob {
  readonly startedAt = Date.now();
  /** When FINISHED was sent. */
  finishedAt: number | undefined;
  readonly watchers: StreamWatcher[] = [];
  /** When each message about a task was sent. The first one is task 1. */
  readonly sentAt: number[] = [];
  /** The tasks that reached any watcher. */
  readonly received = new Set<number>();
  /** How many watchers have not ended. */
  watching = 0;
  private lastFinishedAt = 0;
  private readonly job: VerifyJob;
  private readonly stop = new AbortController();

  constructor(
    readonly id: string,
    private readonly random: SeededRandom,
  ) {
    this.job = new VerifyJob(id, random.between(1, MAX_TASKS));
  }

  /** Opens the watchers, some of them after the job has begun. */
  watch(proxied: string, direct: string): void {
    for (const protocol of WATCH_PROTOCOLS) {
      const isLate = this.random.next() < 0.3;
      const connect =
        protocol === 'library'
          ? this.library(proxied)
          : watchConnection(protocol, { base: proxied, channel: this.id });
      void this.follow(protocol, connect, isLate ? this.random.between(0, MAX_JOIN_MS) : 0);
    }
    // Not behind the proxy: it tells what the monitor got.
    void this.follow('witness', this.library(direct), 0);
  }

  /** Sends all messages. */
  async publish(broker: ChaosBroker): Promise<void> {
    const interval = this.random.between(0, MAX_DURATION_MS) / this.job.messages;
    const start = performance.now();
    while (!this.job.isOver) {
      const due = start + this.job.sent * interval;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal: this.stop.signal });
      await this.send(broker, this.job.nextFrames());
    }
    this.finishedAt = this.lastFinishedAt = Date.now();
  }

  /** Sends FINISHED again if it was lost: some watchers have waited for a while. */
  async finishAgain(broker: ChaosBroker): Promise<void> {
    if (Date.now() - this.lastFinishedAt < FINISH_AGAIN_MS) return;
    this.lastFinishedAt = Date.now();
    await broker.send(this.id, 'FINISHED');
  }

  /** Ends all watchers. */
  close(): void {
    this.stop.abort();
  }

  private async send(broker: ChaosBroker, frames: string[]): Promise<void> {
    const link = parseLink(frames[2] ?? '');
    if (link) this.sentAt.push(link.sentAt / 1000);
    await broker.send(...frames);
  }

  private async follow(group: string, connect: WatchConnection, delay: number): Promise<void> {
    const watcher = new StreamWatcher({
      name: group,
      group,
      check: new StreamCheck(this.id, true, this.job.tasks),
      connect,
      record: (_name, item) => this.note(item),
      insists: true,
    });
    this.watchers.push(watcher);
    this.watching++;
    if (delay > 0) await sleep(delay, undefined, { signal: this.stop.signal }).catch(() => undefined);
    await watcher.run(this.stop.signal);
    this.watching--;
  }

  private library(base: string): WatchConnection {
    return libraryWatch({ base, channel: this.id }, () => Math.random() * LIBRARY_DELAY);
  }

  private note({ task_id }: WatchedItem): void {
    const link = parseLink(task_id ?? '');
    if (link) this.received.add(link.task);
  }
}
