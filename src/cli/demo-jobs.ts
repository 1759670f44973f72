import { scenario, type Outcome, type Random } from './scenario.js';

/** A job that the demo plays again and again. */
export interface DemoJob {
  readonly id: string;
  readonly about: string;
  readonly outcome: Outcome;
  readonly tasks: number;
  /** Messages per second. */
  readonly rate: number;
  /** Seconds between the end of a round and the beginning of the next. */
  readonly rest: number;
}

export const DEMO_JOBS: readonly DemoJob[] = [
  { id: 'demo-ok', about: 'every task goes well', outcome: 'ok', tasks: 20, rate: 2, rest: 6 },
  { id: 'demo-failed-tasks', about: 'some tasks fail', outcome: 'failed-tasks', tasks: 24, rate: 2, rest: 6 },
  {
    id: 'demo-failed-build',
    about: 'the build fails',
    outcome: 'failed-build',
    tasks: 0,
    rate: 0.5,
    rest: 6,
  },
  {
    id: 'demo-aborted',
    about: 'the worker dies, another one starts over',
    outcome: 'aborted',
    tasks: 12,
    rate: 2,
    rest: 6,
  },
  { id: 'demo-rejected', about: 'no worker takes the job', outcome: 'rejected', tasks: 0, rate: 1, rest: 30 },
  { id: 'demo-long', about: 'takes five minutes', outcome: 'ok', tasks: 300, rate: 1, rest: 6 },
  {
    id: 'demo-many-tasks',
    about: '5,000 tasks, some of them fail',
    outcome: 'failed-tasks',
    tasks: 5000,
    rate: 200,
    rest: 6,
  },
];

interface Playing {
  readonly job: DemoJob;
  /** What is left of this round. */
  messages: string[][];
  /** When the next message goes out, in milliseconds of the caller's clock. */
  due: number;
}

/** All messages of all jobs for ever, each with its time in milliseconds from the start, in the order of these times. */
export function* demoMessages(
  jobs: readonly DemoJob[],
  random: Random,
): Generator<{ due: number; frames: string[] }, never> {
  const playing = jobs.map((job): Playing => ({ job, messages: [], due: 0 }));
  for (;;) {
    const next = playing.reduce((first, other) => (other.due < first.due ? other : first));
    const { job, due } = next;
    // Reversed, because taking the last element is cheap.
    if (next.messages.length === 0) next.messages = scenario(job.outcome, job.tasks, random).toReversed();
    yield { due, frames: [job.id, ...next.messages.pop()!] };
    next.due = due + (next.messages.length === 0 ? job.rest : 1 / job.rate) * 1000;
  }
}
