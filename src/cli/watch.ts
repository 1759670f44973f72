import { ChannelStream, type StreamEnd } from './channel-stream.js';
import { summaryLine } from './progress-bar.js';
import { advance, NO_PROGRESS, type Progress } from './progress.js';
import type { Terminal } from './terminal.js';
import { LiveView, PlainView } from './watch-view.js';

export interface WatchOptions {
  /** The channel: the job's id. */
  readonly id: string;
  /** The monitor's public address (ws, wss, http or https), with the path that a proxy may put before it. */
  readonly url: string;
  /** How many tasks the job has, if known. */
  readonly expected?: number | undefined;
  /** Spreads reconnects; Math.random by default. */
  readonly random?: (() => number) | undefined;
}

/** What a watched job came to, as exit codes of the command. */
export const EXIT = { finished: 0, failed: 1, unknown: 2, interrupted: 130 } as const;

/** A job that no worker takes ends with a lone FAILED; other messages, if there are any, follow at once. */
const SETTLE_MS = 3000;

/** Follows a job until it ends, and says how: see `EXIT`. */
export async function watch(options: WatchOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const stream = channelUrl(options.url, options.id);
  const decided = new AbortController();
  const view = terminal.isTTY ? new LiveView(terminal, options.expected) : new PlainView(terminal);
  let progress = NO_PROGRESS;
  let settling: NodeJS.Timeout | undefined;

  const settle = (): void => {
    clearTimeout(settling);
    if (progress.state === 'failed') settling = setTimeout(() => decided.abort(), SETTLE_MS);
  };
  const follower = new ChannelStream(
    stream,
    {
      open() {
        view.live();
        settle();
      },
      message(message) {
        progress = advance(progress, message);
        view.message(message, progress);
        if (progress.finishedAt === null) settle();
        else decided.abort();
      },
      reset(reason) {
        progress = NO_PROGRESS;
        view.reset(reason);
        settle();
      },
      retry(delayMs, why) {
        // What follows a FAILED can't be heard while the connection is away.
        clearTimeout(settling);
        view.retry(delayMs, why);
      },
    },
    options.random,
  );
  const end = await follower.follow(AbortSignal.any([signal, decided.signal]));
  clearTimeout(settling);
  const interrupted = signal.aborted && !decided.signal.aborted;
  view.end(lastLine(progress, end, interrupted));
  return interrupted ? EXIT.interrupted : exitCode(progress, end);
}

/** The address of a channel's stream. */
export function channelUrl(base: string, id: string): URL {
  const url = new URL(base);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  url.hash = '';
  const path = `${url.pathname.replace(/\/+$/, '')}/channels/${encodeURIComponent(id)}`;
  url.pathname = path;
  // `.` and `..` are resolved away however they are written.
  if (url.pathname !== path) throw new Error(`expected a job id that can stand in a URL, got "${id}"`);
  return url;
}

function exitCode(progress: Progress, end: StreamEnd): number {
  if (progress.state === 'failed' && end.kind !== 'refused') return EXIT.failed;
  return progress.state === 'finished' ? EXIT.finished : EXIT.unknown;
}

function lastLine(progress: Progress, end: StreamEnd, interrupted: boolean): string {
  if (interrupted) return `interrupted while ${summaryLine(progress)}`;
  if (end.kind === 'refused') return `the monitor refuses to show this job: ${end.reason}`;
  if (end.kind === 'closed' && progress.state !== 'failed') {
    return `the monitor ended the stream (${end.reason}) before the job did; ${summaryLine(progress)}`;
  }
  return summaryLine(progress);
}
