import { randomUUID } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { PretendBroker } from './pretend-broker.js';
import { pickOutcome, scenario, type Outcome } from './scenario.js';
import { escapeUnsafe } from '../text/escape.js';
import type { WatchGuide } from './watch-guide.js';

export interface SimulateOptions {
  readonly jobs: number;
  /** Tasks of each job. */
  readonly tasks: number;
  /** Messages per second, of all jobs together. */
  readonly rate: number;
  readonly outcome: Outcome | 'mixed';
  /** The id of the job, or what the ids of several begin with; random ids without it. */
  readonly id?: string | undefined;
  /** The monitor's ZeroMQ endpoint. */
  readonly endpoint: string;
  /** Tells how the jobs can be watched. */
  readonly guide: WatchGuide;
  /** Seconds before the first message. */
  readonly delay: number;
  /** Seconds to wait for the monitor; 5 by default. */
  readonly patience?: number | undefined;
}

interface Job {
  readonly id: string;
  readonly outcome: Outcome;
  readonly messages: string[][];
}

/** Tasks of all jobs together: they are held in memory, about 200 bytes each. */
const MAX_TASKS = 1_000_000;
const DEFAULT_PATIENCE_S = 5;
const MESSAGES_PER_TURN = 256;

/** Plays jobs to a monitor as the broker would; returns when all is sent, or early when `signal` is aborted. */
export async function simulate(
  options: SimulateOptions,
  out: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const asked = options.jobs * options.tasks;
  if (asked > MAX_TASKS) {
    throw new RangeError(`expected at most ${MAX_TASKS} tasks in all jobs together, got ${asked}`);
  }
  const broker = new PretendBroker(options.endpoint, options.patience ?? DEFAULT_PATIENCE_S, signal);
  try {
    await broker.connect();
    const jobs = prepareJobs(options);
    for (const { id } of jobs) for (const line of options.guide.lines(id, options.tasks)) out(line);
    if (options.delay > 0) out(`The first message goes out in ${options.delay} s.`);
    await sleep(options.delay * 1000, undefined, { signal });
    await play(jobs, options.rate, { broker, out, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    out('Stopped.');
  } finally {
    broker.close();
  }
}

function prepareJobs({ jobs, tasks, outcome, id }: SimulateOptions): Job[] {
  return Array.from({ length: jobs }, (_, index) => {
    const picked = outcome === 'mixed' ? pickOutcome(Math.random) : outcome;
    const name = id === undefined ? randomUUID() : jobs === 1 ? id : `${id}-${index + 1}`;
    return { id: name, outcome: picked, messages: scenario(picked, tasks, Math.random) };
  });
}

interface Stage {
  readonly broker: PretendBroker;
  readonly out: (line: string) => void;
  readonly signal: AbortSignal;
}

async function play(jobs: Job[], rate: number, { broker, out, signal }: Stage): Promise<void> {
  const start = performance.now();
  let sent = 0;
  for (const [job, index] of interleaved(jobs)) {
    // Each message has its own time on one clock, so a timer that comes late doesn't delay the ones after it.
    const wait = start + (sent * 1000) / rate - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    else if (sent % MESSAGES_PER_TURN === 0) await setImmediate(undefined, { signal });
    await broker.send([job.id, ...job.messages[index]!]);
    sent++;
    if (index + 1 === job.messages.length)
      out(`${escapeUnsafe(job.id)}: ended (${job.outcome}, ${index + 1} messages)`);
  }
  out(`${sent} messages sent.`);
}

function* interleaved(jobs: Job[]): Generator<[Job, number]> {
  let playing = jobs;
  for (let index = 0; playing.length > 0; index++) {
    playing = playing.filter((job) => index < job.messages.length);
    for (const job of playing) yield [job, index];
  }
}
