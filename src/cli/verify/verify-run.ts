import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientToken } from '../token-option.js';
import { CannotVerifyError } from './cannot-verify-error.js';
import { probeRoute } from './route-probe.js';
import { StreamCheck } from './stream-check.js';
import { StreamWatcher, type ItemRecorder } from './stream-watcher.js';
import { JOB_PREFIX, OTHER_MESSAGES, VerifyJob } from './verify-job.js';
import { VerifyPublisher, type PublisherOptions } from './verify-publisher.js';
import { milliseconds } from './wall-clock.js';
import { PROTOCOLS_WITH_TOKEN, WATCH_PROTOCOLS, watchConnection } from './watch-protocols.js';

/** Options of a run of `verify`. */
export interface VerifyOptions extends PublisherOptions {
  /** The monitor's public URL (http, https, ws or wss), with the path prefix of a proxy. */
  readonly url: string;
  /** For a monitor with access control. */
  readonly token?: ClientToken | undefined;
  readonly jobs: number;
  /** Watchers of each job. They use the protocols in turn. */
  readonly watchers: number;
  /** Receives each item of each watcher. */
  readonly record?: ((channel: string) => ItemRecorder) | undefined;
  /** Seconds without any byte after which streams that are still open are given up, 10 by default. */
  readonly patience?: number | undefined;
}

const PATIENCE_S = 10;
/** Milliseconds that all streams have to open. A proxy that buffers opens a stream only with the first message. */
const OPEN_TIMEOUT_MS = 5000;
const POLL_MS = 50;
const RANDOM_BYTES = 6;
/** Listeners of one watcher on the signal that ends all watchers. */
const LISTENERS = 4;

/** Publishes jobs as the broker would, and watches them through a URL. */
export class VerifyRun {
  readonly watchers: readonly StreamWatcher[];
  private readonly jobs: readonly VerifyJob[];
  private readonly publisher: VerifyPublisher;

  constructor(
    private readonly options: VerifyOptions,
    private readonly signal: AbortSignal,
  ) {
    const run = randomBytes(RANDOM_BYTES).toString('hex');
    const tasks = options.messages - OTHER_MESSAGES;
    this.jobs = Array.from(
      { length: options.jobs },
      (_, index) => new VerifyJob(`${JOB_PREFIX}${run}-${index + 1}`, tasks),
    );
    this.publisher = new VerifyPublisher(this.jobs, options, signal);
    this.watchers = this.jobs.flatMap((job, index) =>
      Array.from({ length: options.watchers }, (_, watcher) => this.watcher(job, index + watcher)),
    );
  }

  /** Resolves when a monitor answers at the URL and at the endpoint. Otherwise rejects with a `CannotVerifyError`. */
  async connect(): Promise<void> {
    await this.probe();
    await this.publisher.connect();
  }

  /** Publishes and watches. Resolves when all streams have ended or are given up. */
  async run(): Promise<void> {
    const stop = new AbortController();
    const streams = AbortSignal.any([this.signal, stop.signal]);
    setMaxListeners(LISTENERS * (this.watchers.length + 1), streams);
    try {
      const ended = Promise.all(this.watchers.map((watcher) => watcher.run(streams)));
      const tried = Promise.all(this.watchers.map((watcher) => watcher.tried));
      await Promise.race([tried, sleep(OPEN_TIMEOUT_MS, undefined, { signal: streams })]);
      await this.publisher.publish();
      await Promise.race([ended, this.untilSilent(streams)]);
    } finally {
      stop.abort();
      await this.publisher.close();
    }
    await this.rejectOtherMonitor();
  }

  private watcher(job: VerifyJob, turn: number): StreamWatcher {
    const { url, token } = this.options;
    const protocols = token === undefined ? WATCH_PROTOCOLS : PROTOCOLS_WITH_TOKEN;
    const protocol = protocols[turn % protocols.length]!;
    return new StreamWatcher({
      name: `${protocol}-${turn + 1}`,
      group: protocol,
      check: new StreamCheck(job.id, true, job.tasks),
      connect: watchConnection(protocol, { base: url, channel: job.id, token }),
      record: this.options.record?.(job.id) ?? (() => undefined),
    });
  }

  private probe(): Promise<number> {
    const { url, token } = this.options;
    return probeRoute({ base: url, channel: this.jobs[0]!.id, token }, this.signal);
  }

  private async untilSilent(signal: AbortSignal): Promise<void> {
    const patience = (this.options.patience ?? PATIENCE_S) * 1000;
    const start = milliseconds();
    for (;;) {
      const active = Math.max(start, ...this.watchers.map(({ activeAt }) => activeAt));
      if (milliseconds() - active > patience) return;
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  private async rejectOtherMonitor(): Promise<void> {
    const { url, endpoint } = this.options;
    if (this.watchers.some(({ check, refused }) => check.messages > 0 || refused !== undefined)) return;
    if ((await this.probe()) > 0) return;
    throw new CannotVerifyError(
      `no message arrived: the monitor at ${url} is not the one that receives at ${endpoint}; check --url and zeromq_uri`,
    );
  }
}
