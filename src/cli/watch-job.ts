import { once } from 'node:events';
import {
  channelUrl,
  EMPTY,
  reduce,
  watch,
  type Continuation,
  type Item,
  type ProgressMessage,
  type ProgressStream,
  type ResetReason,
  type StreamState,
} from 'recodex-monitor/client';

import { LiveView } from './live-view.js';
import { PlainView } from './plain-view.js';
import { summaryLine } from './progress-line.js';
import type { Terminal } from './terminal.js';
import type { ClientToken } from './token-option.js';
import { EXIT_CODES, exitCodeOf, resultLine } from './watch-result.js';
import { createWatchSocketClass } from './watch-socket.js';
import type { WatchView } from './watch-view.js';

/** Options of `watchJob`. */
export interface WatchJobOptions {
  /** The job id, which is the channel. */
  readonly id: string;
  /** The monitor's public address (ws, wss, http or https), with the path prefix of a proxy, if any. */
  readonly url: string;
  /** Number of tasks of the job, if known. */
  readonly expected?: number | undefined;
  /** For a monitor with access control. */
  readonly token?: ClientToken | undefined;
  /** Randomizes reconnect delays; Math.random by default. */
  readonly random?: (() => number) | undefined;
}

/** A job that no worker accepts ends with a lone FAILED. After any other FAILED the next message follows at once. */
const FAILED_TIMEOUT_MS = 3000;
/** The monitor sends its messages of a job at once. If no message arrives in this time, the monitor has no messages. */
const UNKNOWN_TIMEOUT_MS = 5000;
const UNKNOWN =
  'the monitor has no messages of this job: it may be queued, over, or have another id; still waiting';
const SILENCE_TIMEOUT_MS = 60_000;
const SILENCE = 'no message for 60 s: the job may still run, or its end was lost; still waiting';
const PARTIAL = 'the monitor missed a part of this job: the counts are incomplete';

/** Follows a job until it ends. Resolves with an exit code, see `exitCodeOf`. */
export function watchJob(options: WatchJobOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  return new JobWatch(options, terminal, signal).run();
}

class JobWatch {
  private readonly stream: ProgressStream;
  private readonly view: WatchView;
  private summary = EMPTY;
  /** Why the last connection ended. */
  private reason = '';
  /** The job has ended, and this class has closed the stream. */
  private hasEnded = false;
  private failedTimer: NodeJS.Timeout | undefined;
  private silenceTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: WatchJobOptions,
    terminal: Terminal,
    signal: AbortSignal,
  ) {
    const { id, url, expected, token, random = Math.random } = options;
    const WebSocket = createWatchSocketClass((reason) => (this.reason = reason));
    this.stream = watch(channelUrl(url, id), { transport: 'websocket', WebSocket, token, signal, random });
    this.view = terminal.isTTY ? new LiveView(terminal, expected) : new PlainView(terminal);
  }

  async run(): Promise<number> {
    this.stream.addEventListener('state', ({ detail }) => this.onState(detail));
    this.stream.addEventListener('message', ({ detail }) => this.onMessage(detail));
    this.stream.addEventListener('continue', ({ detail }) => this.onContinuation(detail));
    this.stream.addEventListener('reset', ({ detail }) => this.onReset(detail));
    await once(this.stream, 'end');
    this.clearTimers();
    const end = this.stream.end!;
    if (end.reason === 'closed' && !this.hasEnded) {
      this.view.end(`interrupted while ${summaryLine(this.summary)}`);
      return EXIT_CODES.interrupted;
    }
    this.view.end(resultLine(this.summary, end, this.options.expected, this.reason));
    return exitCodeOf(this.summary, end, this.options.expected);
  }

  private onState(state: StreamState): void {
    this.restartTimers();
    if (state === 'live') this.view.live();
    if (state === 'waiting') this.view.retry(this.stream.retryAt!, this.reason);
  }

  private onMessage(message: ProgressMessage): void {
    this.reduce(message);
    this.view.message(message, this.summary);
    this.restartTimers();
    if (this.summary.finished_at !== null) this.end();
  }

  private onContinuation(continuation: Continuation): void {
    this.reduce(continuation);
    this.restartTimers();
  }

  private reduce(item: Item): void {
    const wasPartial = this.summary.partial;
    this.summary = reduce(this.summary, item);
    if (this.summary.partial && !wasPartial) this.view.note(PARTIAL);
  }

  private onReset(reset: ResetReason): void {
    this.summary = reduce(this.summary, { reset });
    this.view.reset(reset);
    this.restartTimers();
  }

  private end(): void {
    this.hasEnded = true;
    this.stream.close();
  }

  // The timers run only while the connection is live: without a connection no message can arrive.
  private restartTimers(): void {
    this.clearTimers();
    if (this.stream.state !== 'live') return;
    const { state, messages } = this.summary;
    if (state === 'failed') this.failedTimer = setTimeout(() => this.end(), FAILED_TIMEOUT_MS);
    this.silenceTimer =
      messages > 0
        ? setTimeout(() => this.view.note(SILENCE), SILENCE_TIMEOUT_MS)
        : setTimeout(() => this.view.note(UNKNOWN), UNKNOWN_TIMEOUT_MS);
  }

  private clearTimers(): void {
    clearTimeout(this.failedTimer);
    clearTimeout(this.silenceTimer);
  }
}
