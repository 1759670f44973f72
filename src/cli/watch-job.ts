import { once } from 'node:events';
import {
  channelUrl,
  EMPTY,
  reduce,
  watch,
  type Continuation,
  type End,
  type Item,
  type ProgressMessage,
  type ProgressStream,
  type ResetReason,
  type StreamState,
} from 'recodex-monitor/client';

import { formatDuration } from '../../client/duration.js';
import { JsonView } from './json-view.js';
import { LiveView } from './live-view.js';
import { PlainView } from './plain-view.js';
import { summaryLine } from './progress-line.js';
import type { Terminal } from './terminal.js';
import type { ClientToken } from './token-option.js';
import {
  EXIT_CODES,
  partialText,
  resultLine,
  watchEndOf,
  type WatchExpectations,
  type WatchResult,
} from './watch-result.js';
import { createWatchSocketClass } from './watch-socket.js';
import { WatchTimers } from './watch-timers.js';
import type { WatchView } from './watch-view.js';

/** Options of `watchJob`. */
export interface WatchJobOptions extends WatchExpectations {
  /** The job id, which is the channel. */
  readonly id: string;
  /** The monitor's public address (ws, wss, http or https), with the path prefix of a proxy, if any. */
  readonly url: string;
  /** For a monitor with access control. */
  readonly token?: ClientToken | undefined;
  /** Seconds after which the command stops watching. */
  readonly timeout?: number | undefined;
  /** Prints one JSON object per line. */
  readonly json?: boolean | undefined;
  /** Randomizes reconnect delays; Math.random by default. */
  readonly random?: (() => number) | undefined;
}

/** Follows a job until it ends. Resolves with an exit code of `EXIT_CODES`. */
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
  private hasTimedOut = false;
  private readonly timers = new WatchTimers({
    onFailed: () => this.end(),
    onNote: (text) => this.view.note(text),
  });

  constructor(
    private readonly options: WatchJobOptions,
    terminal: Terminal,
    signal: AbortSignal,
  ) {
    const { id, url, token, after, random = Math.random } = options;
    const WebSocket = createWatchSocketClass((reason) => (this.reason = reason));
    this.stream = watch(channelUrl(url, id), {
      transport: 'websocket',
      WebSocket,
      token,
      signal,
      random,
      ...(after === undefined ? {} : { after }),
    });
    this.view = viewOf(options, terminal);
  }

  async run(): Promise<number> {
    this.stream.addEventListener('state', ({ detail }) => this.onState(detail));
    this.stream.addEventListener('message', ({ detail }) => this.onMessage(detail));
    this.stream.addEventListener('continue', ({ detail }) => this.onContinuation(detail));
    this.stream.addEventListener('reset', ({ detail }) => this.onReset(detail));
    const { timeout } = this.options;
    const timer = timeout === undefined ? undefined : setTimeout(() => this.timeOut(), timeout * 1000);
    await once(this.stream, 'end');
    clearTimeout(timer);
    this.timers.stop();
    const result = this.result(this.stream.end!);
    this.view.end(result);
    return EXIT_CODES[result.end];
  }

  private result(end: End): WatchResult {
    const { summary, options, reason } = this;
    if (end.reason !== 'closed' || this.hasEnded) {
      const text = resultLine(summary, end, options, reason);
      return { end: watchEndOf(summary, end, options), text, summary };
    }
    if (!this.hasTimedOut)
      return { end: 'interrupted', text: `interrupted while ${summaryLine(summary)}`, summary };
    const text = `timed out after ${formatDuration(options.timeout! * 1000)} while ${summaryLine(summary)}`;
    return { end: 'timeout', text, summary };
  }

  private timeOut(): void {
    this.hasTimedOut = true;
    this.stream.close();
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
    this.view.continuation(continuation);
    this.reduce(continuation);
    this.restartTimers();
  }

  private reduce(item: Item): void {
    const wasPartial = this.summary.partial;
    this.summary = reduce(this.summary, item);
    if (this.summary.partial && !wasPartial)
      this.view.note(`${partialText(this.options.after)}: the counts are incomplete`);
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

  private restartTimers(): void {
    if (this.stream.state === 'live') this.timers.restart(this.summary);
    else this.timers.stop();
  }
}

function viewOf({ json, id, expected }: WatchJobOptions, terminal: Terminal): WatchView {
  if (json) return new JsonView(terminal, id);
  return terminal.isTTY ? new LiveView(terminal, expected) : new PlainView(terminal);
}
