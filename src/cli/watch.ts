import { once } from 'node:events';
import { channelUrl, EMPTY, reduce, watch as follow } from 'recodex-monitor/client';

import { LiveView } from './live-view.js';
import { EXIT, exitCode, lastLine } from './outcome.js';
import { PlainView } from './plain-view.js';
import { summaryLine } from './progress-bar.js';
import type { Terminal } from './terminal.js';
import { watchSocket } from './watch-socket.js';

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

/** A job that no worker takes ends with a lone FAILED; other messages, if there are any, follow at once. */
const SETTLE_MS = 3000;
/** A connection brings at once what the monitor knows of a job: after this long without a message it knows nothing. */
const UNKNOWN_MS = 5000;
const UNKNOWN =
  'the monitor knows nothing of this job: it may wait in a queue, be over, or have another id; still waiting';
const PARTIAL = 'the monitor does not know the beginning of this job: tasks are missing in the counts';
/** Silence in the middle of a job that is worth a word. */
const SILENCE_MS = 60_000;
const SILENCE = 'no message for 60 s: the job may still run, or its end was lost; still waiting';

/** Follows a job until it ends, and says how: see `exitCode`. */
export async function watch(options: WatchOptions, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { id, url, expected, random = Math.random } = options;
  let why = '';
  const WebSocket = watchSocket((words) => (why = words));
  const stream = follow(channelUrl(url, id), { transport: 'websocket', WebSocket, signal, random });
  const view = terminal.isTTY ? new LiveView(terminal, expected) : new PlainView(terminal);
  let summary = EMPTY;
  let decided = false;
  let settling: NodeJS.Timeout | undefined;
  let silence: NodeJS.Timeout | undefined;

  const decide = (): void => {
    decided = true;
    stream.close();
  };
  // What follows a FAILED can't be heard while the connection is away.
  const settle = (): void => {
    clearTimeout(settling);
    if (summary.state === 'failed' && stream.state === 'live') settling = setTimeout(decide, SETTLE_MS);
  };
  // While the connection is away, the view says that already.
  const awaitWord = (): void => {
    clearTimeout(silence);
    if (stream.state !== 'live') return;
    const known = summary.messages > 0;
    silence = setTimeout(() => view.note(known ? SILENCE : UNKNOWN), known ? SILENCE_MS : UNKNOWN_MS);
  };
  stream.addEventListener('state', ({ detail: state }) => {
    settle();
    awaitWord();
    if (state === 'live') view.live();
    if (state === 'waiting') view.retry(stream.retryAt!, why);
  });
  stream.addEventListener('message', ({ detail: message }) => {
    const known = !summary.partial;
    summary = reduce(summary, message);
    if (known && summary.partial) view.note(PARTIAL);
    view.message(message, summary);
    awaitWord();
    if (summary.finished_at === null) settle();
    else decide();
  });
  stream.addEventListener('reset', ({ detail: reset }) => {
    summary = reduce(summary, { reset });
    view.reset(reset);
    settle();
    awaitWord();
  });
  await once(stream, 'end');
  if (stream.end!.reason === 'closed' && !decided) {
    view.end(`interrupted while ${summaryLine(summary)}`);
    return EXIT.interrupted;
  }
  view.end(lastLine(summary, stream.end!, expected, why));
  return exitCode(summary, stream.end!, expected);
}
