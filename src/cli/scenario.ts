/** Outcomes of a simulated job. */
export const JOB_OUTCOMES = ['ok', 'failed-tasks', 'failed-build', 'aborted', 'rejected'] as const;
export type JobOutcome = (typeof JOB_OUTCOMES)[number];

/** A generator of numbers from 0 to below 1, such as Math.random. */
export type Random = () => number;

const SHARE_OF_FAILED_TESTS = 0.2;

/**
 * The messages of one job, in the order in which real workers and the broker send them. Each message is a list of frames
 * without the channel id.
 *
 * @param tasks number of tasks of a complete attempt
 */
export function scenario(outcome: JobOutcome | 'mixed', tasks: number, random: Random): string[][] {
  switch (outcome) {
    case 'ok':
      return completeAttempt(completed(taskIds(tasks, random)));
    case 'failed-tasks':
      return completeAttempt(withFailures(taskIds(tasks, random), random));
    case 'failed-build':
      return [['DOWNLOADED'], ['FAILED'], ['FINISHED']];
    case 'aborted':
      return abortedAndRestarted(taskIds(tasks, random), random);
    case 'rejected':
      return [['FAILED']];
    case 'mixed':
      return scenario(pickOutcome(random), tasks, random);
  }
}

/** Picks a random outcome. Half of the jobs succeed. */
export function pickOutcome(random: Random): JobOutcome {
  if (random() < 0.5) return 'ok';
  return JOB_OUTCOMES[1 + Math.floor(random() * (JOB_OUTCOMES.length - 1))]!;
}

function completeAttempt(tasks: string[][]): string[][] {
  return [['DOWNLOADED'], ['STARTED'], ...tasks, ['ENDED'], ['UPLOADED'], ['FINISHED']];
}

function abortedAndRestarted(ids: string[], random: Random): string[][] {
  // The worker dies before the last task. The broker reports that, and the next worker runs all tasks again.
  const done = Math.min(1 + Math.floor(random() * (ids.length - 1)), ids.length);
  const tasks = completed(ids);
  return [['DOWNLOADED'], ['STARTED'], ...tasks.slice(0, done), ['ABORTED'], ...completeAttempt(tasks)];
}

function completed(ids: string[]): string[][] {
  return ids.map((id) => ['TASK', id, 'COMPLETED']);
}

// A test is a run and a judge. When the run fails, the judge is skipped. At least one test fails, a test with a judge if
// there is one.
function withFailures(ids: string[], random: Random): string[][] {
  const [compilation, ...rest] = completed(ids);
  if (!compilation) return [];
  if (rest.length === 0) return [['TASK', compilation[1]!, 'FAILED']];
  const failing = Math.floor(random() * Math.max(1, Math.floor(rest.length / 2)));
  for (let test = 0; test * 2 < rest.length; test++) {
    if (test !== failing && random() >= SHARE_OF_FAILED_TESTS) continue;
    rest[test * 2]![2] = 'FAILED';
    if (rest[test * 2 + 1]) rest[test * 2 + 1]![2] = 'SKIPPED';
  }
  return [compilation, ...rest];
}

// Task ids in the form of a real worker: one compilation, then a run and a judge for each test, numbered consecutively.
function taskIds(count: number, random: Random): string[] {
  const exercise = uuid(random);
  return Array.from({ length: count }, (_, index) => {
    if (index === 0) return `.${exercise}.compilation.0`;
    const test = String(Math.ceil(index / 2)).padStart(2, '0');
    return `t${test}.${exercise}.${index % 2 === 1 ? 'run' : 'judge'}.${index}`;
  });
}

function uuid(random: Random): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random() * 16).toString(16));
}
