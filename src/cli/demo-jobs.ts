import { scenario, type JobOutcome, type Random } from './scenario.js';

/** A job that the demo plays in a loop. */
export interface DemoJob {
  readonly id: string;
  readonly about: string;
  readonly outcome: JobOutcome;
  readonly tasks: number;
  /** Messages per second. */
  readonly rate: number;
  /** Seconds between the end of the job and its next start. */
  readonly pause: number;
}

export const DEMO_JOBS: readonly DemoJob[] = [
  { id: 'demo-ok', about: 'all tasks succeed', outcome: 'ok', tasks: 20, rate: 2, pause: 6 },
  {
    id: 'demo-failed-tasks',
    about: 'some tasks fail',
    outcome: 'failed-tasks',
    tasks: 24,
    rate: 2,
    pause: 6,
  },
  {
    id: 'demo-failed-build',
    about: 'the build fails',
    outcome: 'failed-build',
    tasks: 0,
    rate: 0.5,
    pause: 6,
  },
  {
    id: 'demo-aborted',
    about: 'the worker dies, another worker starts the job again',
    outcome: 'aborted',
    tasks: 12,
    rate: 2,
    pause: 6,
  },
  {
    id: 'demo-rejected',
    about: 'no worker accepts the job',
    outcome: 'rejected',
    tasks: 0,
    rate: 1,
    pause: 30,
  },
  { id: 'demo-long', about: 'takes five minutes', outcome: 'ok', tasks: 300, rate: 1, pause: 6 },
  {
    id: 'demo-many-tasks',
    about: '5,000 tasks, some of them fail',
    outcome: 'failed-tasks',
    tasks: 5000,
    rate: 200,
    pause: 6,
  },
];

interface RunningJob {
  readonly job: DemoJob;
  /** The remaining messages, the next one last. */
  messages: string[][];
  /** Milliseconds from the start to the next message. */
  due: number;
}

/** Endless messages of all jobs, in order of time. `due` is in milliseconds from the start. */
export function* demoMessages(
  jobs: readonly DemoJob[],
  random: Random,
): Generator<{ due: number; frames: string[] }, never> {
  const running = jobs.map((job): RunningJob => ({ job, messages: [], due: 0 }));
  for (;;) {
    const next = running.reduce((first, other) => (other.due < first.due ? other : first));
    const { job, due } = next;
    // Reversed, because removing the last element is cheap.
    if (next.messages.length === 0) next.messages = scenario(job.outcome, job.tasks, random).toReversed();
    yield { due, frames: [job.id, ...next.messages.pop()!] };
    next.due = due + (next.messages.length === 0 ? job.pause : 1 / job.rate) * 1000;
  }
}
