import { errorText } from '../../text/error-text.js';
import type { SenderKeys } from '../curve-options.js';
import { MessagePacer } from '../message-pacer.js';
import { SimulatedBroker } from '../simulated-broker.js';
import { CannotVerifyError } from './cannot-verify-error.js';
import type { VerifyJob } from './verify-job.js';

/** How jobs are published. */
export interface PublisherOptions {
  /** The monitor's ZeroMQ endpoint. */
  readonly endpoint: string;
  /** The keys for a monitor with CURVE. */
  readonly curve?: SenderKeys | undefined;
  /** Messages of each job. */
  readonly messages: number;
  /** Messages per second of all jobs. */
  readonly rate: number;
  /** Seconds without a message in the middle. */
  readonly pause: number;
  /** Seconds to wait for the monitor's ZeroMQ socket, 5 by default. */
  readonly connectTimeout?: number | undefined;
}

const CONNECT_TIMEOUT_S = 5;
/** Milliseconds that the monitor may be away once it no longer takes messages. */
const STALL_TIMEOUT_MS = 30_000;
/** Milliseconds to end the jobs after an interruption. */
const FINISH_TIMEOUT_MS = 1000;

/** Sends the messages of jobs to a monitor as the broker would. */
export class VerifyPublisher {
  /** Ends the connection. Later than the signal of the run, so that an interrupted run can still end its jobs. */
  private readonly stop = new AbortController();
  private readonly broker: SimulatedBroker;

  constructor(
    private readonly jobs: readonly VerifyJob[],
    private readonly options: PublisherOptions,
    private readonly signal: AbortSignal,
  ) {
    const timeout = options.connectTimeout ?? CONNECT_TIMEOUT_S;
    this.broker = new SimulatedBroker({ ...options, timeout }, this.stop.signal);
  }

  /** Resolves when a monitor answers. Otherwise rejects with a `CannotVerifyError`. */
  async connect(): Promise<void> {
    try {
      await this.stoppable(() => this.broker.connect());
    } catch (error) {
      this.broker.close();
      this.signal.throwIfAborted();
      throw new CannotVerifyError(errorText(error));
    }
  }

  /** Sends the first message of each job, then the second of each, and so on. */
  async publish(): Promise<void> {
    const { rate, messages, pause } = this.options;
    const pacer = new MessagePacer(this.signal);
    let sent = 0;
    let delay = 0;
    for (let index = 0; index < messages; index++) {
      if (index === messages >> 1) delay = pause * 1000;
      for (const job of this.jobs) {
        await pacer.waitUntil(delay + (sent++ * 1000) / rate);
        await this.send(job.nextFrames());
      }
    }
  }

  /** Ends the jobs that have begun: an interrupted run must leave no channels behind that wait for their end. */
  async close(): Promise<void> {
    const started = this.jobs.filter(({ sent, isOver }) => sent > 0 && !isOver);
    const timer = setTimeout(() => this.stop.abort(), FINISH_TIMEOUT_MS);
    try {
      for (const job of started) await this.broker.send(job.finish());
    } catch {
      // The monitor is gone. Its channels end after retention.idle.
    } finally {
      clearTimeout(timer);
      this.broker.close();
    }
  }

  // libzmq queues 1,000 messages for a monitor that is away. Then a send waits.
  private async send(frames: string[]): Promise<void> {
    const timer = setTimeout(() => this.stop.abort(), STALL_TIMEOUT_MS);
    try {
      await this.stoppable(() => this.broker.send(frames));
    } catch (error) {
      this.signal.throwIfAborted();
      if (!this.stop.signal.aborted) throw error;
      const seconds = STALL_TIMEOUT_MS / 1000;
      throw new CannotVerifyError(
        `the monitor at ${this.options.endpoint} has taken no message for ${seconds} s: is it running?`,
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs an action that the signal of the run ends. */
  private async stoppable(action: () => Promise<void>): Promise<void> {
    const stop = (): void => void setTimeout(() => this.stop.abort(), FINISH_TIMEOUT_MS).unref();
    this.signal.addEventListener('abort', stop);
    try {
      await action();
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }
}
