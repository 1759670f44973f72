/** How a simulated job goes. */
export const OUTCOMES = ['ok', 'failed-tasks', 'failed-build', 'aborted', 'rejected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A source of numbers from 0 to below 1, as Math.random. */
export type Random = () => number;

const SHARE_OF_FAILED_TESTS = 0.2;

/**
 * The messages of one job in the order in which real workers and the broker send them; each is the frames after the
 * channel id. `tasks` is the number of tasks of a full round.
 */
export function scenario(outcome: Outcome | 'mixed', tasks: number, random: Random): string[][] {
  switch (outcome) {
    case 'ok':
      return fullRound(completed(taskIds(tasks, random)));
    case 'failed-tasks':
      return fullRound(withFailures(taskIds(tasks, random), random));
    case 'failed-build':
      return [['DOWNLOADED'], ['FAILED'], ['FINISHED']];
    case 'aborted':
      return abortedAndRunAgain(taskIds(tasks, random), random);
    case 'rejected':
      return [['FAILED']];
    case 'mixed':
      return scenario(pickOutcome(random), tasks, random);
  }
}

/** Picks an outcome as a job of a mixed crowd would have it: half of them go well. */
export function pickOutcome(random: Random): Outcome {
  if (random() < 0.5) return 'ok';
  return OUTCOMES[1 + Math.floor(random() * (OUTCOMES.length - 1))]!;
}

function fullRound(tasks: string[][]): string[][] {
  return [['DOWNLOADED'], ['STARTED'], ...tasks, ['ENDED'], ['UPLOADED'], ['FINISHED']];
}

function abortedAndRunAgain(ids: string[], random: Random): string[][] {
  // The worker dies before the last task; the broker reports it, and the next worker runs every task again.
  const done = Math.min(1 + Math.floor(random() * (ids.length - 1)), ids.length);
  const tasks = completed(ids);
  return [['DOWNLOADED'], ['STARTED'], ...tasks.slice(0, done), ['ABORTED'], ...fullRound(tasks)];
}

function completed(ids: string[]): string[][] {
  return ids.map((id) => ['TASK', id, 'COMPLETED']);
}

// A test is a run and the judge that depends on it: when the run fails, the judge is skipped. At least one test fails,
// one that has a judge where there is any.
function withFailures(ids: string[], random: Random): string[][] {
  const [compilation, ...rest] = completed(ids);
  if (!compilation) return [];
  if (rest.length === 0) return [['TASK', compilation[1]!, 'FAILED']];
  const unlucky = Math.floor(random() * Math.max(1, Math.floor(rest.length / 2)));
  for (let test = 0; test * 2 < rest.length; test++) {
    if (test !== unlucky && random() >= SHARE_OF_FAILED_TESTS) continue;
    rest[test * 2]![2] = 'FAILED';
    if (rest[test * 2 + 1]) rest[test * 2 + 1]![2] = 'SKIPPED';
  }
  return [compilation, ...rest];
}

// As a real worker names them: one compilation, then for each test a run and a judge, numbered through.
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
