import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { escapeUnsafe } from '../text/escape.js';
import type { SenderKeys } from './curve-options.js';
import { MessagePacer } from './message-pacer.js';
import { pickOutcome, scenario, type JobOutcome } from './scenario.js';
import { SimulatedBroker } from './simulated-broker.js';
import type { WatchInstructions } from './watch-instructions.js';

/** Options of the command `simulate`. */
export interface SimulateOptions {
  readonly jobs: number;
  /** Tasks of each job. */
  readonly tasks: number;
  /** Messages per second of all jobs. */
  readonly rate: number;
  readonly outcome: JobOutcome | 'mixed';
  /** The id of the job, or the prefix of the ids of several jobs. Random ids by default. */
  readonly id?: string | undefined;
  /** The monitor's ZeroMQ endpoint. */
  readonly endpoint: string;
  /** The keys for a monitor with CURVE. */
  readonly curve?: SenderKeys | undefined;
  /** Instructions for watching the jobs. */
  readonly instructions: WatchInstructions;
  /** Seconds before the first message. */
  readonly delay: number;
  /** Seconds between the end of the jobs and their next start. The jobs are played once by default. */
  readonly repeat?: number | undefined;
  /** Seconds to wait for the monitor, 5 by default. */
  readonly connectTimeout?: number | undefined;
}

interface SimulatedJob {
  readonly id: string;
  readonly outcome: JobOutcome;
  readonly messages: string[][];
}

/** Tasks of all jobs. They are kept in memory, about 200 bytes each. */
const MAX_TASKS = 1_000_000;
const CONNECT_TIMEOUT_S = 5;

/**
 * Plays jobs to a monitor as the broker would. Resolves when all messages are sent, or when `signal` aborts. With `repeat`,
 * only `signal` ends it.
 */
export async function simulate(
  options: SimulateOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const tasks = options.jobs * options.tasks;
  if (tasks > MAX_TASKS) {
    throw new RangeError(`expected at most ${MAX_TASKS} tasks in all jobs, got ${tasks}`);
  }
  const broker = new SimulatedBroker(
    { ...options, timeout: options.connectTimeout ?? CONNECT_TIMEOUT_S },
    signal,
  );
  try {
    await broker.connect();
    let delay = options.delay;
    for (;;) {
      // New jobs each time: without `id`, they have new random ids.
      const jobs = createJobs(options);
      for (const { id } of jobs)
        for (const line of options.instructions.lines(id, options.tasks)) print(line);
      if (delay > 0) print(`The first message is sent in ${delay} s.`);
      await sleep(delay * 1000, undefined, { signal });
      await play(jobs, options.rate, { broker, print, signal });
      if (options.repeat === undefined) return;
      delay = options.repeat;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    print('Stopped.');
  } finally {
    broker.close();
  }
}

function createJobs({ jobs, tasks, outcome, id }: SimulateOptions): SimulatedJob[] {
  return Array.from({ length: jobs }, (_, index) => {
    const picked = outcome === 'mixed' ? pickOutcome(Math.random) : outcome;
    const name = id === undefined ? randomUUID() : jobs === 1 ? id : `${id}-${index + 1}`;
    return { id: name, outcome: picked, messages: scenario(picked, tasks, Math.random) };
  });
}

interface PlayContext {
  readonly broker: SimulatedBroker;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

async function play(
  jobs: SimulatedJob[],
  rate: number,
  { broker, print, signal }: PlayContext,
): Promise<void> {
  const pacer = new MessagePacer(signal);
  let sent = 0;
  for (const [job, index] of interleaved(jobs)) {
    await pacer.waitUntil((sent * 1000) / rate);
    await broker.send([job.id, ...job.messages[index]!]);
    sent++;
    if (index + 1 === job.messages.length)
      print(`${escapeUnsafe(job.id)}: ended (${job.outcome}, ${index + 1} messages)`);
  }
  print(`${sent} messages sent.`);
}

/** The first message of each job, then the second of each, and so on. */
function* interleaved(jobs: SimulatedJob[]): Generator<[SimulatedJob, number]> {
  let running = jobs;
  for (let index = 0; running.length > 0; index++) {
    running = running.filter((job) => index < job.messages.length);
    for (const job of running) yield [job, index];
  }
}
